package io.twinport.control.cli;

import io.twinport.control.top.TopView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport top}. */
@Command(
        name = "top",
        description =
                "A live view of a twinport: rates, sides, last switches, drops. Reads NAME.cnc and asks nothing of the"
                        + " process. Where stdout is no terminal: a row per port and look.",
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    private static final int LEAST_WIDTH = 40;
    private static final int LEAST_HEIGHT = 6;

    @Mixin
    EngineOptions engine = new EngineOptions();

    @Bounds(least = 100, most = 60_000, unit = "milliseconds")
    @Option(
            names = "--interval-ms",
            defaultValue = "1000",
            paramLabel = "MS",
            description = "Time between two looks: ${BOUNDS}. Default: ${DEFAULT-VALUE}")
    int intervalMillis;

    @Bounds(least = 1, most = Integer.MAX_VALUE, unit = "looks", zero = "for no end")
    @Option(
            names = "--count",
            defaultValue = "0",
            paramLabel = "N",
            description = "End after N looks: ${BOUNDS}. Default: go on until q or Ctrl-C, or until the process ends")
    int count;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = engine.cncFile(EngineOptions.DEFAULT_NAME);
        TopView view = new TopView(file);
        view.look();
        if (Commands.isTerminal()) {
            live(view);
        } else {
            rows(view);
        }
        return 0;
    }

    private void rows(TopView view) throws InterruptedException {
        System.out.println(TopView.header());
        for (int look = 1; isWanted(look) && view.isAlive() && !System.out.checkError(); look++) {
            Thread.sleep(intervalMillis);
            view.look();
            view.rows().forEach(System.out::println);
        }
    }

    private boolean isWanted(int look) {
        return count == 0 || look <= count;
    }

    private void live(TopView view) throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            Attributes before = terminal.enterRawMode();
            Display display = new Display(terminal, true);
            terminal.puts(InfoCmp.Capability.enter_ca_mode);
            terminal.puts(InfoCmp.Capability.cursor_invisible);
            try {
                for (int look = 1; isWanted(look); look++) {
                    view.look();
                    show(view, terminal, display);
                    if (isToEnd(terminal)) {
                        return;
                    }
                }
            } finally {
                terminal.puts(InfoCmp.Capability.cursor_visible);
                terminal.puts(InfoCmp.Capability.exit_ca_mode);
                terminal.setAttributes(before);
                terminal.flush();
            }
        }
    }

    private static void show(TopView view, Terminal terminal, Display display) {
        Size size = terminal.getSize();
        int width = Math.max(size.getColumns(), LEAST_WIDTH);
        int height = Math.max(size.getRows(), LEAST_HEIGHT);
        display.resize(height, width);
        List<AttributedString> lines =
                view.screen(width, height).stream().map(AttributedString::new).toList();
        display.update(lines, 0);
        terminal.flush();
    }

    /** Waits for the next look, or for a q. */
    private boolean isToEnd(Terminal terminal) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(intervalMillis);
        for (long left = intervalMillis; left > 0; left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
            int key = terminal.reader().read(left);
            if (key == 'q' || key == 'Q') {
                return true;
            }
        }
        return false;
    }
}
