package dev.aio.it;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A program that runs aio-core's own suite, for processes in which something is missing. */
final class CoreSuite {

    private CoreSuite() {}

    /** Prints {@code succeeded N, failed N, skipped N}; exits with 1 if something failed. */
    public static void main(String[] classNamePatterns) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("dev.aio.core"))
                .filters(includeClassNamePatterns(classNamePatterns), TagFilter.excludeTags("long"))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.err, true), 20);
        System.out.printf(
                "succeeded %d, failed %d, skipped %d%n",
                summary.getTestsSucceededCount(),
                summary.getTotalFailureCount(),
                summary.getTestsSkippedCount() + summary.getTestsAbortedCount());
        System.exit(summary.getTotalFailureCount() == 0 ? 0 : 1);
    }
}
