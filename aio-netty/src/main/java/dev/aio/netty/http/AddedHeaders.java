package dev.aio.netty.http;

import io.netty.handler.codec.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What users want said with every answer. Any thread. */
final class AddedHeaders {

    private final List<HeaderField> always;
    private final @Nullable ResponseHeaders more;

    AddedHeaders(List<HeaderField> always, @Nullable ResponseHeaders more) {
        this.always = List.copyOf(always);
        this.more = more;
    }

    /** Those that never change; heads of files have them in them. */
    List<HeaderField> always() {
        return always;
    }

    /** The plan with them; throws what the user's hook throws. */
    ResponsePlan addTo(ResponsePlan plan, HttpRequest request) {
        ResponsePlan with = plan.file() == null ? plan.with(always) : plan;
        if (more == null) {
            return with;
        }
        List<HeaderField> fields = new ArrayList<>();
        more.addTo(request, plan.status(), (name, value) -> fields.add(HeaderField.ofUser(name, value)));
        return with.with(fields);
    }
}
