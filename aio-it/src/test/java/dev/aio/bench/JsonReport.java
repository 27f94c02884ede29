package dev.aio.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The report for programs: every sample of every round. */
final class JsonReport {

    private JsonReport() {}

    static String of(Session session, Map<String, String> machine, String date) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("date", date);
            write(json, "machine", machine);
            json.writeNumberField("rounds", session.settings().rounds);
            json.writeNumberField("seconds", session.settings().seconds);
            write(json, "peers", session.peers());
            write(json, "skipped", session.skipped());
            json.writeArrayFieldStart("figures");
            for (Figure figure : session.figures()) {
                write(json, figure);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, Map<String, String> facts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            json.writeStringField(fact.getKey(), fact.getValue());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Figure figure) throws IOException {
        json.writeStartObject();
        json.writeStringField("group", figure.group());
        json.writeStringField("name", figure.name());
        json.writeStringField("unit", figure.unit());
        write(json, figure.target());
        json.writeObjectFieldStart("samples");
        for (Map.Entry<String, double[]> peer : figure.samples().entrySet()) {
            json.writeFieldName(peer.getKey());
            json.writeArray(peer.getValue(), 0, peer.getValue().length);
        }
        json.writeEndObject();
        json.writeObjectFieldStart("ratios");
        for (Map.Entry<String, Spread> ratio : figure.ratios().entrySet()) {
            json.writeObjectFieldStart(ratio.getKey());
            json.writeNumberField("median", ratio.getValue().median());
            json.writeNumberField("min", ratio.getValue().min());
            json.writeNumberField("max", ratio.getValue().max());
            write(json, figure.ratioTarget(ratio.getKey()));
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, @Nullable Target target) throws IOException {
        if (target != null) {
            json.writeNumberField(target.isUpperBound() ? "at_most" : "at_least", target.value());
        }
    }
}
