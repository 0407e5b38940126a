package io.twinport.hw;

import io.twinport.control.Pause;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A program in the background of a guest, whose output goes to a file there. */
public final class GuestProgram {
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final int LOOK_MILLIS = 50;

    private final GuestShell shell;
    private final String name;
    private final String command;
    private final int pid;
    private final List<String> lines = new ArrayList<>();
    private long bytesRead;
    private String partial = "";

    private GuestProgram(GuestShell shell, String name, String command, int pid) {
        this.shell = shell;
        this.name = name;
        this.command = command;
        this.pid = pid;
    }

    static GuestProgram start(GuestShell shell, String name, String command) {
        String file = "/run/" + name;
        String itself = GuestShell.quote("echo $$ > " + file + ".pid; exec " + command);
        String background = "sh -c " + itself + " > " + file + ".log 2>&1; echo $? > " + file + ".exit";
        shell.run("rm -f " + file + ".*; : > " + file + ".log; setsid sh -c " + GuestShell.quote(background)
                + " </dev/null >/dev/null 2>&1 &");
        shell.await("test -s " + file + ".pid", START);
        // The class path would hide what matters.
        String shown = command.replaceAll(" -cp \\S+", "");
        return new GuestProgram(shell, name, shown, Integer.parseInt(shell.run("cat " + file + ".pid")));
    }

    /** The same program in the guest to which its own has migrated. */
    public GuestProgram movedTo(QemuVm target) {
        return new GuestProgram(target.shell(), name, command, pid);
    }

    public String name() {
        return name;
    }

    public int pid() {
        return pid;
    }

    public boolean isAlive() {
        return shell.run("cat /run/" + name + ".exit 2>/dev/null || true").isBlank();
    }

    /** Waits for a line that contains a match, printed before or from now on. */
    public String awaitLine(String regex, Duration limit) {
        awaitCount(regex, 1, limit);
        return lines(regex).getFirst();
    }

    /** Waits until so many lines contain a match. */
    public void awaitCount(String regex, int count, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (lines(regex).size() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not " + count + " lines like '" + regex + "' within " + limit.toSeconds()
                        + " s in the output of " + this);
            }
            if (!isAlive() && lines(regex).size() < count) {
                throw new AssertionError("ended before " + count + " lines like '" + regex + "': " + this);
            }
            Pause.millis(LOOK_MILLIS);
        }
    }

    /**
     * What a leak would make grow.
     *
     * @param files that are open
     * @param regions of devices and hugepages that are mapped
     */
    public record Resources(int files, int regions) {
        boolean isNoMoreThan(Resources other) {
            return files <= other.files && regions <= other.regions;
        }
    }

    /** As of now; a file that is only being read is among them. */
    public Resources resources() {
        String proc = "/proc/" + pid;
        String[] counts = shell.run("echo $(ls " + proc + "/fd | wc -l) $(grep -c -e vfio -e huge " + proc + "/maps)")
                .strip()
                .split(" ");
        return new Resources(Integer.parseInt(counts[0]), Integer.parseInt(counts[1]));
    }

    /** Waits until it has no more than it had once, which it must where nothing leaks. */
    public void awaitNoMoreThan(Resources before) {
        if (!Pause.until(() -> resources().isNoMoreThan(before), SETTLE.toMillis())) {
            throw new AssertionError("a leak: " + before + " before, " + resources() + " now, in " + this);
        }
    }

    /** The lines so far that contain a match. */
    public List<String> lines(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return lines().stream().filter(line -> pattern.matcher(line).find()).toList();
    }

    /** All that it has printed so far, standard error too. */
    public String output() {
        return String.join("\n", lines());
    }

    /** Sends a signal, for instance {@code KILL}; not {@code INT}, which shells have their background programs ignore. */
    public void signal(String signal) {
        shell.run("kill -" + signal + " " + pid);
    }

    /** Waits for the end and returns the exit code. */
    public int waitFor(Duration limit) {
        if (!Pause.until(() -> !isAlive(), limit.toMillis())) {
            throw new AssertionError("still running after " + limit.toSeconds() + " s: " + this);
        }
        return Integer.parseInt(shell.run("cat /run/" + name + ".exit"));
    }

    /** Asks it to end, as an init system does, and returns its exit code. */
    public int terminate(Duration limit) {
        signal("TERM");
        return waitFor(limit);
    }

    @Override
    public String toString() {
        return name + " (pid " + pid + ", " + command + "):\n" + output();
    }

    /** Only what is new comes over the serial line, which carries no more than a megabyte a second. */
    private synchronized List<String> lines() {
        String read = shell.run("tail -c +" + (bytesRead + 1) + " /run/" + name + ".log; echo .");
        String fresh = read.substring(0, read.length() - 1);
        bytesRead += fresh.getBytes(StandardCharsets.UTF_8).length;
        String[] parts = (partial + fresh).split("\n", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            lines.add(parts[i]);
        }
        partial = parts[parts.length - 1];
        return List.copyOf(lines);
    }
}
