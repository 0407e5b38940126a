package io.twinport.control.host.migrate;

import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run has begun and what it has ended, a line of JSON each, the plan first. Each line is on the disk before what it tells
 * of begins. A last line without its end was never acted on, and is cut off. One process at a time has it.
 */
public final class MigrationJournal implements AutoCloseable {
    private static final int LONGEST = 4 << 20;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PLAN = "plan";
    private static final String BEGIN = "begin";
    private static final String SEEN = "seen";
    private static final String UNDONE = "undone";
    private static final String END = "end";

    private final Path file;
    private final FileChannel channel;
    private final Plan plan;
    private final Map<String, String> seen = new LinkedHashMap<>();

    private MigrationJournal(Path file, FileChannel channel, Plan plan) {
        this.file = file;
        this.channel = channel;
        this.plan = plan;
    }

    /**
     * Begins one.
     *
     * @throws UserException if there is one that has not ended, or it cannot be written
     */
    public static MigrationJournal begin(Path file, Plan plan) {
        try {
            Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
            Files.createDirectories(folder);
            if (Files.exists(file)) {
                throw new UserException("a migration of " + plan.domain() + " has not ended: " + file
                        + ". Give 'migrate run --resume' or 'migrate run --rollback'.");
            }
            // Aside, so that there is a whole one or none.
            Path aside = Files.createTempFile(
                    folder,
                    "new",
                    ".journal",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (FileChannel out = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                write(out, Map.of(PLAN, plan));
                // A link fails where another process was faster; a move would replace what that has.
                Files.createLink(file, aside);
            } finally {
                Files.deleteIfExists(aside);
            }
            force(folder);
            return open(file);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /**
     * Opens one that has not ended.
     *
     * @throws UserException if there is none, it is damaged, or another process has it
     */
    public static MigrationJournal open(Path file) {
        FileChannel channel = null;
        try {
            if (!Files.isRegularFile(file)) {
                throw new UserException("there is no migration that has not ended: no file " + file + ".");
            }
            channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
            lock(file, channel);
            if (channel.size() > LONGEST) {
                throw damaged(file, 1, "it has more than " + LONGEST + " bytes");
            }
            return read(file, channel);
        } catch (IOException e) {
            throw failure(file, close(channel, e));
        } catch (UserException e) {
            close(channel, e);
            throw e;
        }
    }

    private static void lock(Path file, FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new UserException(file + " is in use: another process carries this migration out. Let it end.");
        }
    }

    private static MigrationJournal read(Path file, FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n') + 1;
        channel.truncate(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
        channel.position(channel.size());
        String[] lines = text.substring(0, end).split("\n", -1);
        MigrationJournal journal = null;
        for (int i = 0; i < lines.length - 1; i++) {
            try {
                JsonNode line = JSON.readTree(lines[i]);
                if (journal == null) {
                    if (!line.path(PLAN).isObject()) {
                        break;
                    }
                    journal = new MigrationJournal(file, channel, JSON.treeToValue(line.path(PLAN), Plan.class));
                } else {
                    journal.take(line);
                }
            } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
                throw damaged(file, i + 1, e.getClass().getSimpleName());
            }
        }
        if (journal == null) {
            throw damaged(file, 1, "it has no plan");
        }
        return journal;
    }

    private void take(JsonNode line) {
        if (line.has(BEGIN)) {
            seen.putIfAbsent(line.path(BEGIN).asString(""), line.path(SEEN).asString(""));
        } else if (line.has(UNDONE)) {
            seen.remove(line.path(UNDONE).asString(""));
        }
    }

    private static UserException damaged(Path file, int line, String why) {
        return new UserException(file + ":" + line + " is no line of a migration's journal (" + why
                + "). Look at both hosts (virsh domstate, bridge fdb show), and move the file away.");
    }

    private static UserException failure(Path file, IOException e) {
        return new UserException(
                "the journal " + file + " cannot be written: " + FileErrors.reason(e)
                        + ". Name a folder with --journal that you may write to.",
                e);
    }

    private static <T extends Exception> T close(@Nullable FileChannel channel, T reason) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
        return reason;
    }

    public Plan plan() {
        return plan;
    }

    /** The value that a step has found when it was first begun; empty where it was not. */
    Optional<String> seen(Step step) {
        return Optional.ofNullable(seen.get(step.id()));
    }

    /** A step is about to be taken. Of one that is taken again the first value counts. */
    void begin(Step step, String value) {
        if (seen.putIfAbsent(step.id(), value) == null) {
            ObjectNode line = JSON.createObjectNode().put(BEGIN, step.id()).put(SEEN, value);
            append(line);
        }
    }

    /** A step's setting is again as it was. */
    void undone(Step step) {
        append(JSON.createObjectNode().put(UNDONE, step.id()));
        seen.remove(step.id());
    }

    /** Something that a person may want to know later. */
    void note(String text) {
        append(JSON.createObjectNode().put("note", text));
    }

    private void append(Object line) {
        try {
            write(channel, line);
        } catch (IOException e) {
            throw new UncheckedIOException("the journal " + file + ": " + FileErrors.reason(e), e);
        }
    }

    private static void write(FileChannel channel, Object line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    /** That a name in it is new has to be on the disk too. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    /** There is nothing more to do: it is kept beside, for who wants to read it, until the next one. */
    void end(Outcome outcome) {
        append(JSON.createObjectNode().put(END, outcome.name()));
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".ended"), StandardCopyOption.ATOMIC_MOVE);
            force(Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException("the journal " + file + ": " + FileErrors.reason(e), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // each line was forced to the disk
        }
    }
}
