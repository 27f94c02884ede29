package dev.aio.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of the report: the same thing measured of ours and of its peers, round by round. */
final class Figure {

    /** What this project is called among its peers. */
    static final String OURS = "aio";

    private final String group;
    private final String name;
    private final String unit;
    private final Map<String, double[]> samples;
    private final Map<String, Target> ratioTargets = new LinkedHashMap<>();
    private @Nullable Target target;
    private boolean compared = true;

    /**
     * @param group figures of one group share a table and a chart
     * @param samples one for each round, by peer
     */
    Figure(String group, String name, String unit, Map<String, double[]> samples) {
        this.group = group;
        this.name = name;
        this.unit = unit;
        this.samples = samples;
    }

    /** What ours is to be by itself. */
    Figure target(Target ofOurs) {
        target = ofOurs;
        return this;
    }

    /** What ours is to be as a multiple of a peer's. */
    Figure target(String peer, Target ofRatio) {
        ratioTargets.put(peer, ofRatio);
        return this;
    }

    /** A value to know, not to be compared. */
    Figure withoutRatios() {
        compared = false;
        return this;
    }

    String group() {
        return group;
    }

    String name() {
        return name;
    }

    String unit() {
        return unit;
    }

    Map<String, double[]> samples() {
        return Collections.unmodifiableMap(samples);
    }

    Map<String, Spread> spreads() {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        samples.forEach((peer, values) -> spreads.put(peer, Spread.of(values)));
        return spreads;
    }

    /** Ours over each peer. Empty if ours was not measured, or is not to be compared. */
    Map<String, Spread> ratios() {
        Map<String, Spread> ratios = new LinkedHashMap<>();
        double[] ours = samples.get(OURS);
        if (compared && ours != null) {
            samples.forEach((peer, values) -> {
                if (!peer.equals(OURS)) {
                    ratios.put(peer, Spread.ofRatios(ours, values));
                }
            });
        }
        return ratios;
    }

    @Nullable
    Target target() {
        return target;
    }

    @Nullable
    Target ratioTarget(String peer) {
        return ratioTargets.get(peer);
    }
}
