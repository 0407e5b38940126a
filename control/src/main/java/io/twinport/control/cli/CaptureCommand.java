package io.twinport.control.cli;

import io.twinport.control.OutputFile;
import io.twinport.control.UserException;
import io.twinport.control.pcap.Capture;
import io.twinport.control.socket.ControlClient;
import io.twinport.control.socket.ControlException;
import io.twinport.posix.FileErrors;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinport capture}. */
@Command(
        name = "capture",
        description = "Write the frames of a port as pcapng, with their sides, until Ctrl-C. The traffic does not wait"
                + " for it: frames that the poll loop cannot keep are missing, and the file's statistics count"
                + " them.",
        mixinStandardHelpOptions = true)
final class CaptureCommand implements Callable<Integer> {
    private static final String STDOUT = "-";
    private static final int BYTES = 1 << 16;

    @Mixin
    ProcessTarget process = new ProcessTarget();

    @Mixin
    PortChoice port = new PortChoice();

    @Bounds(least = 1, most = Capture.Limits.MOST)
    @Option(names = "--frames", paramLabel = "N", description = "End after N frames: ${BOUNDS}.")
    @Nullable
    Long frames;

    @Bounds(least = 1, most = Capture.Limits.MOST)
    @Option(names = "--seconds", paramLabel = "N", description = "End after N seconds: ${BOUNDS}.")
    @Nullable
    Long seconds;

    @Bounds(least = 1, most = Capture.Limits.MOST_SNAP, unit = "bytes")
    @Option(
            names = "--snap",
            paramLabel = "BYTES",
            description = "How much of each frame is kept: ${BOUNDS}. Default: 16384")
    @Nullable
    Long snap;

    @Parameters(
            paramLabel = "FILE|-",
            description = "A pcapng file, for this user alone; '-': stdout, for 'tcpdump -r -' and Wireshark.")
    String file = STDOUT;

    @Override
    public Integer call() throws IOException {
        Commands.checkWritable("FILE", file);
        if (file.equals(STDOUT) && Commands.isTerminal()) {
            throw new UserException(
                    "capture -: stdout is a terminal. Name a file, or have a program read it (| tcpdump -r -).");
        }
        try (ControlClient client = process.connect()) {
            client.request("capture", arguments());
            copy(client.stream());
        }
        return 0;
    }

    private Map<String, Object> arguments() {
        Map<String, Object> arguments = port.with(Map.of());
        put(arguments, "frames", frames);
        put(arguments, "seconds", seconds);
        put(arguments, "snap", snap);
        return arguments;
    }

    private static void put(Map<String, Object> arguments, String name, @Nullable Object value) {
        if (value != null) {
            arguments.put(name, value);
        }
    }

    /** What has come before a disk is full stays, and can be read. */
    private void copy(InputStream in) throws IOException {
        long written = 0;
        // System.out would not tell that nobody reads it any more.
        try (OutputStream out = file.equals(STDOUT)
                ? new FileOutputStream(FileDescriptor.out)
                : OutputFile.openPrivate(Path.of(file))) {
            byte[] bytes = new byte[BYTES];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                out.write(bytes, 0, read);
                out.flush();
                written += read;
            }
        } catch (IOException e) {
            throw new ControlException(
                    "the capture has ended after " + written + " bytes: " + FileErrors.reason(e) + ".");
        }
        if (written == 0) {
            throw new UserException("the capture is empty: has the process ended?");
        }
        System.err.println("twinport: " + written + " bytes written to " + (file.equals(STDOUT) ? "stdout" : file));
    }
}
