package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.fuzz.FuzzTarget;
import io.twinport.control.fuzz.ScratchFile;
import io.twinport.control.plan.ConfigFile;
import io.twinport.control.socket.ControlClient;
import io.twinport.dataplane.cnc.CncException;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.posix.FileErrors;
import io.twinport.posix.Folder;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Whatever a path may lead to, and files of any size: what is read is the file's, or it is said why nothing is. */
public final class FileTarget implements FuzzTarget {
    private final ScratchFile file = ScratchFile.create("some");
    private final Folder folder = Folder.create("twinport-fuzz");
    private final Map<OddFiles, Path> odd = new TreeMap<>();

    public FileTarget() throws IOException {
        for (OddFiles each : OddFiles.values()) {
            Path path = folder.path().resolve(each.name());
            each.make(path);
            odd.put(each, path);
        }
    }

    /** The first byte chooses the file, the second one how much may be read; the rest is the file's content. */
    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i <= odd.size(); i++) {
            seeds.add(new byte[] {(byte) i, 5, 'a', ':', ' ', '1', '\n'});
        }
        return seeds;
    }

    @Override
    public Optional<byte[]> draw(Random random) {
        byte[] input = new byte[2 + random.nextInt(300)];
        random.nextBytes(input);
        input[0] = (byte) random.nextInt(2 * odd.size());
        return Optional.of(input);
    }

    @Override
    public void read(byte[] input) throws IOException {
        int kind = input.length == 0 ? 0 : input[0] & 0xff;
        int most = input.length < 2 ? 0 : input[1] & 0xff;
        byte[] content = Arrays.copyOfRange(input, Math.min(2, input.length), input.length);
        List<Path> paths = List.copyOf(odd.values());
        boolean isOrdinary = kind >= paths.size();
        Path path = isOrdinary ? file.with(content) : paths.get(kind);
        boolean isRead = isRead(path, most, content, isOrdinary);
        if (isOrdinary && isRead != content.length <= most) {
            throw new AssertionError(content.length + " bytes, of which " + most + " may be read");
        }
        refuses(path);
    }

    private static boolean isRead(Path path, int most, byte[] content, boolean isOrdinary) {
        try {
            byte[] read = RegularFile.read(path, most);
            if (read.length > most || isOrdinary && !Arrays.equals(read, content)) {
                throw new AssertionError(Arrays.toString(read));
            }
            return true;
        } catch (IOException e) {
            if (FileErrors.reason(e).isBlank()) {
                throw new AssertionError(e);
            }
            return false;
        }
    }

    /** None of them is a configuration, a {@code twinport.cnc} or a socket at which a twinport listens. */
    private static void refuses(Path path) {
        refuses(UserException.class, () -> ConfigFile.read(path));
        refuses(CncException.class, () -> CncReading.read(path));
        refuses(UserException.class, () -> ControlClient.connect(path).close());
    }

    private static void refuses(Class<? extends RuntimeException> kind, Runnable reader) {
        try {
            reader.run();
        } catch (RuntimeException e) {
            if (kind.isInstance(e)) {
                return;
            }
            throw e;
        }
        throw new AssertionError("it was read");
    }

    @Override
    public void close() throws IOException {
        for (Path each : odd.values()) {
            Files.deleteIfExists(each);
        }
        folder.close();
        file.close();
    }
}
