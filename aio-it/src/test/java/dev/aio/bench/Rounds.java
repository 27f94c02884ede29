package dev.aio.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures everybody in turns, so that whatever the machine does meanwhile it does to all of them. */
final class Rounds {

    private Rounds() {}

    /** One measurement of one contestant. */
    interface Measurement<T> {
        /** One value for each of the figures that are measured at once. */
        double[] measure(T contestant) throws IOException, InterruptedException;
    }

    /**
     * Each round begins with the next contestant: nobody always comes after the same one.
     *
     * @param figures how many values a measurement gives
     * @return for each figure, what each contestant came to round by round
     */
    static <T> List<Map<String, double[]>> run(
            String what, Map<String, T> contestants, int rounds, int figures, Measurement<? super T> measurement)
            throws IOException, InterruptedException {
        List<Map<String, double[]>> samples = new ArrayList<>();
        for (int i = 0; i < figures; i++) {
            Map<String, double[]> ofFigure = new LinkedHashMap<>();
            contestants.keySet().forEach(name -> ofFigure.put(name, new double[rounds]));
            samples.add(ofFigure);
        }
        List<String> names = new ArrayList<>(contestants.keySet());
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < names.size(); i++) {
                String name = names.get((round + i) % names.size());
                double[] values = measurement.measure(contestants.get(name));
                StringBuilder shown = new StringBuilder();
                for (int figure = 0; figure < figures; figure++) {
                    samples.get(figure).get(name)[round] = values[figure];
                    shown.append(Numbers.show(values[figure])).append(' ');
                }
                Progress.say(
                        "%s, round %d of %d, %s: %s",
                        what, round + 1, rounds, name, shown.toString().strip());
            }
        }
        return samples;
    }
}
