package io.twinport.control.host.probe;

import io.twinport.control.OutputFile;
import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of verdicts, for all who have to know what this host's NICs do: JSON, one entry for each kind of NIC.
 *
 * <pre>
 * { "version": 1,
 *   "verdicts": [
 *     { "nic": { "pci": "8086:10c9", "driver": "igb", "firmware": "1.0.0" },
 *       "verdicts": { "bridge": "early-steal", "filter": "duplicate", "macvlan": "duplicate" },
 *       "use": "filter", "duplicates": true, "measured": "2026-01-31T12:00:00Z" } ] }
 * </pre>
 */
public record VerdictFile(int version, List<FilterVerdict> verdicts) {
    private static final int VERSION = 1;
    private static final int MOST_BYTES = 1 << 20;
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** What is known where nothing has been measured yet. */
    private static final VerdictFile EMPTY = new VerdictFile(VERSION, List.of());

    public VerdictFile {
        verdicts = List.copyOf(Objects.requireNonNull(verdicts, "there are no verdicts in it"));
    }

    /**
     * Reads a file; one that is not there knows nothing.
     *
     * @throws UserException if it is there, and no such file, or of another version
     */
    public static VerdictFile read(Path file) {
        try {
            @Nullable VerdictFile read = MAPPER.readValue(RegularFile.read(file, MOST_BYTES), VerdictFile.class);
            if (read == null) {
                throw unusable(file, "there is nothing in it");
            }
            if (read.version != VERSION) {
                throw unusable(file, "it has version " + read.version + ", and this twinport reads version " + VERSION);
            }
            return read;
        } catch (NoSuchFileException e) {
            return EMPTY;
        } catch (IOException e) {
            throw unusable(file, FileErrors.reason(e));
        } catch (JacksonException e) {
            throw unusable(file, e.getOriginalMessage());
        }
    }

    private static UserException unusable(Path file, String why) {
        return new UserException("the verdicts in " + file + " cannot be used: " + why
                + ". Name another file, or delete it and probe again.");
    }

    /** What is known of a NIC. */
    public Optional<FilterVerdict> find(NicId nic) {
        return verdicts.stream().filter(each -> each.nic().equals(nic)).findFirst();
    }

    /**
     * Adds a verdict to a file, which is made where there is none. What was known of the same NIC is replaced.
     *
     * @throws IOException if it cannot be written; the message is for the user
     */
    public static void keep(Path file, FilterVerdict verdict) throws IOException {
        read(file).with(verdict).write(file);
    }

    /** With one more, in place of that which was known of the same NIC. */
    private VerdictFile with(FilterVerdict verdict) {
        List<FilterVerdict> all = new ArrayList<>(verdicts.stream()
                .filter(each -> !each.nic().equals(verdict.nic()))
                .toList());
        all.add(verdict);
        all.sort(Comparator.comparing(each -> each.nic().toString()));
        return new VerdictFile(VERSION, all);
    }

    /** Writes a file anew: who reads it meanwhile reads the old one, or the new one. */
    private void write(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".new");
        OutputFile.write("--verdicts", part, MAPPER.writeValueAsString(this) + System.lineSeparator());
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            OutputFile.discard(part);
            throw OutputFile.failure("--verdicts", file, e);
        }
    }
}
