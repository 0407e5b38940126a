package io.twinport.control.host.hook;

import io.twinport.control.OutputFile;
import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.LockFile;
import io.twinport.posix.PrivateFolder;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * VFs that guests on their way are promised, each for a time: libvirt takes one only a while after its hook has said that there is one. They are
 * in a file of a folder that goes at a reboot, so that all processes of the host know of them.
 */
public final class Reservations {
    private static final int MOST_BYTES = 1 << 20;

    /** Longer than any other has it, shorter than the hook's own limit. */
    private static final long LOCK_MILLIS = 1_500;

    private final Path folder;
    private final Duration time;
    private final LongSupplier nanos;

    /**
     * A promise.
     *
     * @param vf its PCI address
     * @param domain the guest's UUID
     * @param untilNanos by the kernel's monotonic clock, which all processes have in common
     */
    private record Reservation(String vf, String domain, long untilNanos) {
        Reservation {
            Objects.requireNonNull(vf);
            Objects.requireNonNull(domain);
        }
    }

    /** What the file holds. */
    private record Content(List<Reservation> reservations) {
        Content {
            reservations = List.copyOf(reservations);
        }
    }

    /** What is promised, as long as nobody else can change it. */
    final class Held {
        private final List<Reservation> valid;

        private Held(List<Reservation> valid) {
            this.valid = valid;
        }

        /** Those of other guests. */
        Set<String> ofOthers(String domain) {
            return valid.stream()
                    .filter(each -> !each.domain().equals(domain))
                    .map(Reservation::vf)
                    .collect(Collectors.toSet());
        }

        /** Promises these, in place of what the same guest was promised before. */
        void promise(String domain, Set<String> vfs) {
            long until = nanos.getAsLong() + time.toNanos();
            List<Reservation> all = Stream.concat(
                            valid.stream().filter(each -> !each.domain().equals(domain)),
                            vfs.stream().sorted().map(vf -> new Reservation(vf, domain, until)))
                    .toList();
            write(all);
        }
    }

    /** What is done while nobody else can. */
    @FunctionalInterface
    interface Work<T> {
        T with(Held held);
    }

    /** @param folder made where there is none; nobody else may write in it */
    public Reservations(Path folder, Duration time) {
        this(folder, time, System::nanoTime);
    }

    Reservations(Path folder, Duration time, LongSupplier nanos) {
        this.folder = folder;
        this.time = time;
        this.nanos = nanos;
    }

    /**
     * Does something while no other process changes them.
     *
     * @throws UserException if that cannot be had
     */
    <T> T locked(Work<T> work) {
        try {
            PrivateFolder.make(folder);
        } catch (IOException e) {
            throw failure(e);
        }
        List<LockFile> lock = new ArrayList<>();
        Path file = folder.resolve("reserved.lock");
        if (!Pause.until(() -> LockFile.take(file).map(lock::add).orElse(false), LOCK_MILLIS)) {
            throw new UserException(file + " is locked by another process for more than " + LOCK_MILLIS
                    + " ms. Look what that does: fuser " + file + ".");
        }
        try (LockFile held = lock.getFirst()) {
            return work.with(new Held(valid()));
        }
    }

    /** What is over, or no such file, is nothing: it would be over soon anyway. */
    private List<Reservation> valid() {
        try {
            @Nullable
            Content content = JsonMapper.shared().readValue(RegularFile.read(file(), MOST_BYTES), Content.class);
            long now = nanos.getAsLong();
            return content == null
                    ? List.of()
                    : content.reservations().stream()
                            .filter(each -> each.untilNanos() - now > 0 && each.untilNanos() - now <= time.toNanos())
                            .toList();
        } catch (IOException | JacksonException e) {
            return List.of();
        }
    }

    private void write(List<Reservation> all) {
        try {
            OutputFile.replace(file(), JsonMapper.shared().writeValueAsString(new Content(all)));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private Path file() {
        return folder.resolve("reserved.json");
    }

    private UserException failure(IOException e) {
        return new UserException(
                "what guests on their way are promised cannot be kept in " + folder + ": " + FileErrors.reason(e)
                        + ". Do it as root, or name another folder with --state.",
                e);
    }
}
