package dev.aio.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all this was measured on. */
final class Machine {

    private Machine() {}

    static Map<String, String> describe(Cpus cpus) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("cpu", field("/proc/cpuinfo", "model name", System.getProperty("os.arch")));
        facts.put("cores", Long.toString(countCpus()));
        facts.put("memory", field("/proc/meminfo", "MemTotal", "unknown"));
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        facts.put("cpus", "server " + cpus.server() + ", load " + cpus.load());
        facts.put("load average", Files.readString(Path.of("/proc/loadavg")).strip());
        return facts;
    }

    private static long countCpus() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("processor"))
                .count();
    }

    private static String field(String file, String name, String otherwise) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }
}
