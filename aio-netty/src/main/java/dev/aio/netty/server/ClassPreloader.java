package dev.aio.netty.server;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Loads the program's classes ahead of their first use. A class that an event loop needs for the first
 * time hours after the start is read from the jar, and the jar may be out of the page cache by then:
 * the loop would wait for the disk. What TLS needs of the JDK is {@link TlsRehearsal}'s.
 */
final class ClassPreloader {

    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ClassPreloader.class);

    private static final String CLASS = ".class";

    /** What runs on event loops; the rest of the jar is for the command line. */
    private static final List<String> PACKAGES = List.of(
            "dev/aio/",
            "io/netty/bootstrap/",
            "io/netty/buffer/",
            "io/netty/channel/",
            "io/netty/handler/codec/",
            "io/netty/handler/logging/", // the base of what counts frames of HTTP/2
            "io/netty/handler/ssl/",
            "io/netty/handler/timeout/",
            "io/netty/handler/traffic/", // pipelines are searched for it
            "io/netty/internal/tcnative/",
            "io/netty/util/");

    /** Codecs that no pipeline of ours has. */
    private static final List<String> UNUSED = List.of(
            "/compression/", "/websocketx/", "/multipart/", "/rtsp/", "/spdy/", "/cors/", "/protobuf/", "/svm/");

    /**
     * Classes of the JDK outside of its class data archive that loops were seen to load while they served; names that
     * a JDK does not have are passed over.
     */
    private static final List<String> OF_THE_JDK = List.of(
            "java.lang.CharacterDataUndefined",
            "java.lang.Deprecated", // handlers are searched for annotations
            "java.lang.invoke.VarHandleInts$Array",
            "java.lang.invoke.VarHandleByteArrayAsInts",
            "java.lang.invoke.VarHandleByteArrayAsLongs",
            "java.lang.invoke.VarHandleByteArrayAsShorts",
            "java.lang.invoke.VarHandleLongs$Array",
            "java.lang.StackTraceElement$HashedModules",
            "java.lang.StrictMath",
            "java.lang.invoke.MethodHandle$1",
            "java.math.MutableBigInteger",
            "java.time.DateTimeException",
            "java.time.DayOfWeek",
            "java.time.Year", // since JDK 25
            "java.util.OptionalLong",
            "java.util.concurrent.TimeUnit$1",
            "java.util.concurrent.atomic.AtomicLongArray",
            "java.util.function.BiPredicate",
            "java.util.function.BooleanSupplier", // who first waits for the disk's queue
            "java.util.function.LongBinaryOperator", // the first miss: FillBudget
            "java.util.function.LongConsumer",
            "java.util.function.LongUnaryOperator",
            "jdk.internal.misc.ScopedMemoryAccess$Scope",
            // a method handle that was called often is customised
            "java.lang.invoke.MethodHandleImpl$CountingWrapper",
            "java.lang.invoke.MethodHandleImpl$CountingWrapper$1",
            "java.nio.charset.IllegalCharsetNameException",
            "java.nio.charset.UnsupportedCharsetException",
            // constructors called by reflection are compiled at the sixteenth call
            "jdk.internal.reflect.ClassFileConstants",
            "jdk.internal.reflect.AccessorGenerator",
            "jdk.internal.reflect.MethodAccessorGenerator",
            "jdk.internal.reflect.MethodAccessorGenerator$1",
            "jdk.internal.reflect.ByteVectorFactory",
            "jdk.internal.reflect.ByteVector",
            "jdk.internal.reflect.ByteVectorImpl",
            "jdk.internal.reflect.ClassFileAssembler",
            "jdk.internal.reflect.UTF8",
            "jdk.internal.reflect.Label",
            "jdk.internal.reflect.Label$PatchInfo",
            "jdk.internal.reflect.ClassDefiner",
            "jdk.internal.reflect.ClassDefiner$1",
            "jdk.internal.reflect.BootstrapConstructorAccessorImpl");

    private ClassPreloader() {}

    /** Loads in the background, in a thread that ends when it is done. */
    static void start() {
        Thread thread = new Thread(ClassPreloader::load, "aio-preload");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
    }

    /**
     * Writes a log record to nowhere. The first one reads the time zones' file: on an event loop that is a wait for the
     * disk, and without a descriptor left an {@link Error}, which ends the loop.
     *
     * @return the thread that does it, some 50 ms; to be waited for before anybody is served
     */
    static Thread settleLogging() {
        Thread thread = new Thread(ClassPreloader::formatNothing, "aio-preload-log");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void formatNothing() {
        LogRecord record = new LogRecord(Level.WARNING, "nothing");
        record.setThrown(new IOException("nothing"));
        new SimpleFormatter().format(record);
    }

    private static void load() {
        OF_THE_JDK.forEach(ClassPreloader::loadNamed);
        CodeSource source = ClassPreloader.class.getProtectionDomain().getCodeSource();
        try {
            Path jar = Path.of(source.getLocation().toURI());
            if (!Files.isRegularFile(jar)) {
                return; // a directory of classes: somebody is developing
            }
            try (JarFile file = new JarFile(jar.toFile())) {
                for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                    String name = entries.nextElement().getName();
                    if (name.endsWith(CLASS) && isUsed(name)) {
                        loadNamed(name.substring(0, name.length() - CLASS.length())
                                .replace('/', '.'));
                    }
                }
            }
        } catch (IOException | URISyntaxException e) {
            LOGGER.debug("classes are loaded when first used: {}", e.toString());
        }
    }

    // No streams: a few thousand names go through here while the first client may be waiting for the CPU.
    private static boolean isUsed(String entry) {
        for (String unused : UNUSED) {
            if (entry.contains(unused)) {
                return false;
            }
        }
        for (String used : PACKAGES) {
            if (entry.startsWith(used)) {
                return true;
            }
        }
        return false;
    }

    private static void loadNamed(String name) {
        try {
            Class.forName(name, false, ClassPreloader.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError optional) {
            LOGGER.trace("{} needs a class that is not there: {}", name, optional.toString());
        }
    }
}
