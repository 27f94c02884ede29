package dev.aio.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The report for people. */
final class MarkdownReport {

    private final StringBuilder text = new StringBuilder();

    private MarkdownReport() {}

    /**
     * @param charts names of files beside the report
     */
    static String of(Session session, Map<String, String> machine, String date, List<String> charts) {
        MarkdownReport report = new MarkdownReport();
        report.line("# Measured on " + date);
        report.line("");
        machine.forEach((name, value) -> report.line("- " + name + ": " + value));
        Settings settings = session.settings();
        report.line(
                "- rounds: " + settings.rounds + " of " + settings.seconds + " s, peers in turns; medians (min..max)");
        groups(session).forEach((group, figures) -> report.group(group, figures));
        if (!charts.isEmpty()) {
            report.line("");
            charts.forEach(chart -> report.line("![" + chart.replace(".svg", "") + "](" + chart + ")"));
        }
        report.list("What was measured", session.peers());
        report.list("Skipped", session.skipped());
        return report.text.toString();
    }

    static Map<String, List<Figure>> groups(Session session) {
        return session.figures().stream()
                .collect(Collectors.groupingBy(
                        Figure::group, LinkedHashMap::new, Collectors.toCollection(ArrayList::new)));
    }

    private void group(String group, List<Figure> figures) {
        Set<String> peers = new LinkedHashSet<>();
        figures.forEach(figure -> peers.addAll(figure.samples().keySet()));
        line("");
        line("## " + group.substring(0, 1).toUpperCase(Locale.ROOT) + group.substring(1));
        line("");
        line("| | unit | " + String.join(" | ", peers) + " |");
        line("|---|---|" + "---|".repeat(peers.size()));
        for (Figure figure : figures) {
            Map<String, Spread> spreads = figure.spreads();
            line("| " + figure.name() + " | " + figure.unit() + " | "
                    + peers.stream()
                            .map(peer -> spreads.containsKey(peer) ? show(spreads.get(peer)) : "–")
                            .collect(Collectors.joining(" | "))
                    + " |");
        }
        ratios(figures);
    }

    private static String show(Spread spread) {
        return Numbers.show(spread.median()) + " (" + Numbers.show(spread.min()) + ".." + Numbers.show(spread.max())
                + ")";
    }

    private void ratios(List<Figure> figures) {
        List<String> rows = new ArrayList<>();
        for (Figure figure : figures) {
            Target absolute = figure.target();
            if (absolute != null && figure.spreads().containsKey(Figure.OURS)) {
                Spread ours = figure.spreads().get(Figure.OURS);
                rows.add("| " + figure.name() + " | " + figure.unit() + " | " + show(ours) + " | " + absolute + " | "
                        + met(absolute, ours) + " |");
            }
            figure.ratios().forEach((peer, ratio) -> {
                Target target = figure.ratioTarget(peer);
                rows.add("| " + figure.name() + " | over " + peer + " | " + ratio + " | "
                        + (target == null ? "" : target) + " | " + (target == null ? "" : met(target, ratio)) + " |");
            });
        }
        if (!rows.isEmpty()) {
            line("");
            line("| " + Figure.OURS + " | | found | target | met |");
            line("|---|---|---|---|---|");
            rows.forEach(this::line);
        }
    }

    private static String met(Target target, Spread found) {
        return target.isMetBy(found.median()) ? "yes" : "**no**";
    }

    private void list(String title, Map<String, String> entries) {
        if (!entries.isEmpty()) {
            line("");
            line("## " + title);
            line("");
            entries.forEach((name, value) -> line("- " + name + ": " + value));
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
