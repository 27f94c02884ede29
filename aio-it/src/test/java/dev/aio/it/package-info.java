/**
 * Tests of the program as users run it: the standalone jar in a process of its own, real sockets, real
 * disks, faults. They see it from outside only and depend on none of its classes.
 */
package dev.aio.it;
