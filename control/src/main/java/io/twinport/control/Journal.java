package io.twinport.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether what this process prints goes to systemd's journal, which takes a line's priority from its first characters
 * (sd-daemon(3)) and has its time already. Anywhere else lines are for people.
 */
public final class Journal {
    private static final boolean ON_STDOUT = isAt(1, System.getenv());
    private static final boolean ON_STDERR = isAt(2, System.getenv());

    private Journal() {}

    /** Whether stdout is the journal's. */
    public static boolean isOnStdout() {
        return ON_STDOUT;
    }

    /** A text for stderr: in the journal each of its lines has the priority, elsewhere nothing changes. */
    public static String forStderr(System.Logger.Level level, String text) {
        return ON_STDERR ? mark(level, text) : text;
    }

    /** The text with its priority before each line, as the journal takes it. */
    public static String mark(System.Logger.Level level, String text) {
        String mark = switch (level) {
            case ERROR -> "<3>";
            case WARNING -> "<4>";
            default -> "<6>";
        };
        return mark + text.replace("\n", "\n" + mark);
    }

    /** {@code JOURNAL_STREAM} is the device and inode of the journal's socket (systemd.exec(5)): a child may have another stdout. */
    static boolean isAt(int descriptor, Map<String, String> environment) {
        Path stream = Path.of("/proc/self/fd", String.valueOf(descriptor));
        try {
            return (Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino"))
                    .equals(environment.get("JOURNAL_STREAM"));
        } catch (IOException e) {
            return false; // it is closed
        }
    }
}
