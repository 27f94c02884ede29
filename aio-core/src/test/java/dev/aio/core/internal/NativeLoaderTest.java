package dev.aio.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeLoaderTest {

    private Properties before;

    @BeforeEach
    void remember() {
        before = (Properties) System.getProperties().clone();
    }

    @AfterEach
    void restore() {
        System.setProperties(before);
    }

    @Test
    void shouldSayWhatWasTriedAndWhatToDo() {
        String arch = NativeLoader.normalizedArch(System.getProperty("os.arch"));
        System.setProperty(NativeLoader.WORKDIR_PROPERTY, "/nonexistent/workdir");
        assertThatThrownBy(NativeLoader::load)
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContaining("no usable native library for Linux/" + arch)
                .hasMessageContaining("tried libdevaio_" + arch + ".so on java.library.path")
                .hasMessageContaining("then META-INF/native/libdevaio_" + arch + ".so on the class path")
                .hasMessageContaining("/nonexistent/workdir")
                .hasMessageContaining("set -Ddev.aio.native.workdir to a directory that is writable")
                .hasCauseInstanceOf(java.io.IOException.class);
    }

    @Test
    void shouldNameAnArchitectureThatHasNoLibrary() {
        System.setProperty("os.arch", "s390x");
        assertThatThrownBy(NativeLoader::load)
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContaining("Linux/s390x")
                .hasMessageContaining("libdevaio_s390x.so on the class path (not found)");
    }

    @Test
    void shouldNameAPlatformThatIsNotLinux() {
        System.setProperty("os.name", "Mac OS X");
        System.setProperty("os.arch", "aarch64");
        assertThatThrownBy(NativeLoader::load)
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessage("Linux AIO needs Linux: this platform is Mac OS X (aarch_64)");
    }

    @ParameterizedTest
    @CsvSource({"amd64, x86_64", "x86_64, x86_64", "aarch64, aarch_64", "ARM64, aarch_64", "riscv64, riscv64"})
    void shouldUseNettysNamesOfArchitectures(String arch, String normalized) {
        assertThat(Map.of(arch, NativeLoader.normalizedArch(arch))).containsEntry(arch, normalized);
    }
}
