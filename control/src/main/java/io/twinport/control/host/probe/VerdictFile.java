package io.twinport.control.host.probe;

import io.twinport.control.OutputFile;
import io.twinport.control.UserException;
import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DatabindException;
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
    /** Where the commands of a host look for it. */
    public static final Path USUAL = Path.of("/var/lib/twinport/nics.json");

    private static final int VERSION = 1;
    private static final int MOST_BYTES = 1 << 20;
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** What is known where nothing has been measured yet. */
    private static final VerdictFile EMPTY = new VerdictFile(VERSION, List.of());

    public VerdictFile {
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "it has version " + version + ", and this twinport reads version " + VERSION);
        }
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
                throw unusable(file + ":1", "there is nothing in it");
            }
            return read;
        } catch (NoSuchFileException e) {
            return EMPTY;
        } catch (IOException e) {
            throw unusable(file.toString(), FileErrors.reason(e));
        } catch (JacksonException e) {
            throw unusable(file + ":" + line(e), why(e));
        }
    }

    /**
     * What the file of a user says, and what twinport knows of NICs that are not in it.
     *
     * @param file null for {@link #USUAL}, which may be missing
     * @throws UserException if it cannot be used
     */
    public static NicVerdicts known(@Nullable Path file) {
        if (file != null && Files.notExists(file)) {
            throw unusable(file.toString(), "there is no such file or folder");
        }
        VerdictFile read = read(file == null ? USUAL : file);
        return new NicVerdicts() {
            @Override
            public NicVerdict behindBridge(NicId nic) {
                return read.find(nic)
                        .map(FilterVerdict::behindBridge)
                        .filter(each -> each != NicVerdict.UNKNOWN)
                        .orElseGet(() -> BUILT_IN.behindBridge(nic));
            }

            @Override
            public NicVerdict behindMacvlan(NicId nic) {
                return read.find(nic)
                        .map(FilterVerdict::behindMacvlan)
                        .filter(each -> each != NicVerdict.UNKNOWN)
                        .orElseGet(() -> BUILT_IN.behindMacvlan(nic));
            }
        };
    }

    /** From 1 on; what is nested too deep has no place. */
    private static int line(JacksonException e) {
        @Nullable TokenStreamLocation place = e.getLocation();
        return place == null ? 1 : Math.max(1, place.getLineNr());
    }

    /** What a record says of its values, or where in the file something else stands than what belongs there. */
    private static String why(JacksonException e) {
        Throwable cause = e.getCause();
        boolean isOurs = cause instanceof NullPointerException || cause instanceof IllegalArgumentException;
        String said = cause != null && isOurs ? cause.getMessage() : null;
        if (said != null) {
            return said;
        }
        if (!(e instanceof DatabindException wrong)) {
            return e.getOriginalMessage();
        }
        String where = wrong.getPath().stream()
                .map(each ->
                        each.getPropertyName() == null ? "[" + each.getIndex() + "]" : "." + each.getPropertyName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
        return where.isEmpty()
                ? "it is no object with a version and verdicts"
                : where + " is not what 'probe mac-filter' writes there";
    }

    private static UserException unusable(String place, String why) {
        return new UserException("the verdicts in " + place + " cannot be used: " + why
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

    private void write(Path file) throws IOException {
        try {
            OutputFile.replace(file, MAPPER.writeValueAsString(this) + System.lineSeparator());
        } catch (IOException e) {
            throw OutputFile.failure("--verdicts", file, e);
        }
    }
}
