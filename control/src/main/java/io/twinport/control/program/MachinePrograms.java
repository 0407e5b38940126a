package io.twinport.control.program;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The real ones. Each has a deadline, and what it prints is bounded; it gets nothing to read, no terminal, no pager, and of the
 * environment only where programs are. One that hangs is killed with all that it has started.
 */
public final class MachinePrograms implements Programs {
    private static final int MOST_BYTES = 1 << 20;

    private static final List<String> SYSTEM_FOLDERS = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private final Path root;
    private final List<String> starter;
    private final Duration limit;
    private final List<String> kept;
    private final List<String> folders;

    /**
     * @param root of the machine, below which the programs lie
     * @param starter what starts them there; empty on this machine
     * @param limit how long one may take
     */
    public MachinePrograms(Path root, List<String> starter, Duration limit) {
        this(root, starter, limit, List.of());
    }

    /** @param kept what they get of this process's environment too, by its names */
    public MachinePrograms(Path root, List<String> starter, Duration limit, List<String> kept) {
        this.root = root;
        this.starter = List.copyOf(starter);
        this.limit = limit;
        this.kept = List.copyOf(kept);
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        // A folder that is not absolute would be the one that the user happens to be in.
        this.folders = Stream.concat(
                        Arrays.stream(path.split(File.pathSeparator)).filter(folder -> folder.startsWith("/")),
                        SYSTEM_FOLDERS.stream())
                .distinct()
                .toList();
    }

    @Override
    public Optional<Path> find(String program) {
        Stream<String> places =
                program.startsWith("/") ? Stream.of(program) : folders.stream().map(folder -> folder + "/" + program);
        return places.filter(place -> {
                    Path file = root.resolve(place.substring(1));
                    return Files.isRegularFile(file) && Files.isExecutable(file);
                })
                .map(Path::of)
                .findFirst();
    }

    @Override
    public Answer ask(String program, String... arguments) {
        Optional<Path> file = find(program);
        if (file.isEmpty()) {
            return Answer.none(program + " is not installed");
        }
        List<String> command = new ArrayList<>(starter);
        command.add(file.get().toString());
        command.addAll(Arrays.asList(arguments));
        try {
            return run(program, builder(command).start());
        } catch (IOException e) {
            return Answer.none(program + " cannot be started: " + e.getMessage());
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(kept);
        environment.putAll(Map.of(
                "PATH", String.join(File.pathSeparator, folders), "LC_ALL", "C", "SYSTEMD_PAGER", "", "TERM", "dumb"));
        return builder;
    }

    private Answer run(String program, Process process) {
        CompletableFuture<String> out = read(process.getInputStream());
        CompletableFuture<String> err = read(process.getErrorStream());
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return Answer.none(program + " has not answered within " + limit.toSeconds() + " s");
            }
            return new Answer(process.exitValue(), text(out), text(err));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.none(program + " was not waited for");
        } catch (ExecutionException e) {
            return Answer.none(program + " answers with more than " + MOST_BYTES / 1024 + " KiB");
        } catch (TimeoutException e) {
            return Answer.none(program + " has ended and left its output open");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private String text(CompletableFuture<String> pipe)
            throws InterruptedException, ExecutionException, TimeoutException {
        return pipe.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reads on a thread of its own, so that a program which fills one pipe can go on with the other. */
    private static CompletableFuture<String> read(InputStream pipe) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("answer").start(() -> {
            try (pipe) {
                byte[] bytes = pipe.readNBytes(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    text.completeExceptionally(new IOException("endless"));
                } else {
                    text.complete(new String(bytes, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                text.complete(""); // its program was killed
            }
        });
        return text;
    }
}
