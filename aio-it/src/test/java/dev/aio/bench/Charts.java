package dev.aio.bench;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler;

/** The figures drawn: for each group what was measured, and ours as a multiple of each peer's. */
final class Charts {

    private static final int HEIGHT = 460;

    /** Bars of more unlike lengths than this are drawn on a logarithmic axis. */
    private static final double LINEAR = 50;

    /** Told apart also by those who see fewer colours: Okabe and Ito's palette. */
    private static final Color[] COLOURS = {
        new Color(0x0072b2),
        new Color(0xe69f00),
        new Color(0x009e73),
        new Color(0xcc79a7),
        new Color(0x56b4e9),
        new Color(0xd55e00),
        new Color(0x999999),
        new Color(0xf0e442)
    };

    private Charts() {}

    /** Writes SVG files; returns their names. */
    static List<String> write(Session session, Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        for (Map.Entry<String, List<Figure>> group :
                MarkdownReport.groups(session).entrySet()) {
            String title = group.getKey();
            Map<String, List<Figure>> byUnit = new LinkedHashMap<>();
            for (Figure figure : group.getValue()) {
                byUnit.computeIfAbsent(figure.unit(), unit -> new ArrayList<>()).add(figure);
            }
            for (Map.Entry<String, List<Figure>> unit : byUnit.entrySet()) {
                CategoryChart chart = chart(title, unit.getKey(), unit.getValue(), Figure::spreads);
                files.add(save(chart, directory, title + ' ' + unit.getKey()));
            }
            if (group.getValue().stream().anyMatch(figure -> !figure.ratios().isEmpty())) {
                List<Figure> compared = group.getValue().stream()
                        .filter(figure -> !figure.ratios().isEmpty())
                        .toList();
                CategoryChart chart =
                        chart(title + ": " + Figure.OURS + " over its peers", "ratio", compared, Figure::ratios);
                chart.addAnnotation(new AnnotationLine(1, false, false));
                files.add(save(chart, directory, title + " ratios"));
            }
        }
        return files;
    }

    private static CategoryChart chart(
            String title, String unit, List<Figure> figures, Function<Figure, Map<String, Spread>> values) {
        Set<String> known = new LinkedHashSet<>(List.of(Figure.OURS));
        Set<String> peers = new LinkedHashSet<>();
        List<String> names = new ArrayList<>();
        double least = Double.MAX_VALUE;
        double most = 0;
        for (Figure figure : figures) {
            Map<String, Spread> spreads = values.apply(figure);
            known.addAll(figure.samples().keySet());
            peers.addAll(spreads.keySet());
            names.add(figure.name());
            for (Spread spread : spreads.values()) {
                least = Math.min(least, spread.median());
                most = Math.max(most, spread.max());
            }
        }
        boolean crowded = names.size() > 8;
        int width = Math.max(800, 200 + names.size() * Math.max(60, 26 * peers.size()));
        CategoryChart chart = new CategoryChartBuilder()
                .width(width)
                .height(crowded ? HEIGHT + HEIGHT / 2 : HEIGHT)
                .title(title)
                .yAxisTitle(unit)
                .build();
        boolean logarithmic = least > 0 && most / least > LINEAR;
        double lowest = logarithmic ? Math.pow(10, Math.floor(Math.log10(least))) : 0;
        style(chart.getStyler(), crowded, lowest);
        List<String> order = new ArrayList<>(known);
        for (String peer : peers) {
            addSeries(chart, peer, names, figures, values, lowest)
                    .setFillColor(COLOURS[order.indexOf(peer) % COLOURS.length]); // the same in every chart of a group
        }
        return chart;
    }

    /** Bars of deviation are as long on both sides, which a logarithmic axis has no room for. */
    private static CategorySeries addSeries(
            CategoryChart chart,
            String peer,
            List<String> names,
            List<Figure> figures,
            Function<Figure, Map<String, Spread>> values,
            double lowest) {
        List<Double> medians = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (Figure figure : figures) {
            Spread spread = values.apply(figure).get(peer);
            medians.add(spread == null ? lowest : spread.median()); // no bar
            deviations.add(
                    spread == null ? 0 : Math.max(spread.max() - spread.median(), spread.median() - spread.min()));
        }
        return chart.addSeries(peer, names, medians, lowest == 0 ? deviations : null);
    }

    /**
     * @param lowest where the axis begins; one that does not begin at 0 is logarithmic
     */
    private static void style(CategoryStyler styler, boolean crowded, double lowest) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendPosition(Styler.LegendPosition.OutsideS);
        styler.setLegendLayout(Styler.LegendLayout.Horizontal);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setChartTitleBoxVisible(false);
        styler.setAnnotationLineColor(Color.DARK_GRAY);
        styler.setErrorBarsColor(Color.DARK_GRAY);
        styler.setAvailableSpaceFill(0.8);
        styler.setYAxisLogarithmic(lowest > 0);
        styler.setYAxisMin(lowest);
        if (crowded) {
            styler.setXAxisLabelRotation(90);
        }
    }

    private static String save(CategoryChart chart, Path directory, String name) throws IOException {
        String file = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
        Path path = directory.resolve(file);
        VectorGraphicsEncoder.saveVectorGraphic(chart, path.toString(), VectorGraphicsFormat.SVG);
        // its fifteen decimals are more than half of the file
        Files.writeString(path, Files.readString(path).replaceAll("(\\.\\d\\d)\\d+", "$1"));
        return file;
    }
}
