/** What the README shows, compiled and run. */
package dev.aio.netty.example;
