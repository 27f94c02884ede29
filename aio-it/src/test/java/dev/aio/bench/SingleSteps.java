package dev.aio.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** What the steps of an operation and of a request cost, by JMH. */
final class SingleSteps {

    private SingleSteps() {}

    static void run(Session session) throws IOException {
        try {
            CommandLineOptions options =
                    new CommandLineOptions(session.settings().jmhArguments());
            Collection<RunResult> results = new Runner(options).run();
            for (RunResult result : results) {
                session.add(figure(result));
            }
        } catch (CommandLineOptionException | RunnerException e) {
            throw new IOException("JMH: " + e.getMessage(), e);
        }
    }

    private static Figure figure(RunResult result) {
        BenchmarkParams params = result.getParams();
        String[] names = params.getBenchmark().split("\\.");
        String name = names[names.length - 2] + "." + names[names.length - 1];
        String values = params.getParamsKeys().stream().map(params::getParam).collect(Collectors.joining(", "));
        double[] scores = result.getBenchmarkResults().stream()
                .map(BenchmarkResult::getIterationResults)
                .flatMap(Collection::stream)
                .map(IterationResult::getPrimaryResult)
                .mapToDouble(primary -> primary.getScore())
                .toArray();
        Map<String, double[]> samples = new LinkedHashMap<>();
        samples.put(Figure.OURS, scores);
        String unit = result.getPrimaryResult().getScoreUnit();
        return new Figure("single steps", name + (values.isEmpty() ? "" : " (" + values + ')'), unit, samples);
    }
}
