/** What {@code bench fill} runs in processes of their own: ways to bring cold files into the page cache, and rules when to. */
package dev.aio.bench.fill;
