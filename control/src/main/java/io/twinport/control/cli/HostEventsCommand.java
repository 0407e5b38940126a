package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.socket.ControlClient;
import io.twinport.control.socket.ControlException;
import io.twinport.posix.SocketPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code twinport host events}. */
@Command(
        name = "events",
        description = {
            "Print what happens to the guests of this host, a line of JSON each, until Ctrl-C: what libvirt and QEMU tell of"
                    + " them, and which primaries are enabled and disabled. 'host agent' has to run: it listens, and waits for"
                    + " no reader.",
            "",
            "  twinport host events | jq -c 'select(.event == \"enabled\")'"
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 1 the agent has ended, or stdout cannot be written; 2 none runs."})
final class HostEventsCommand implements Callable<Integer> {
    @Mixin
    HostCommand.StateFolder state = new HostCommand.StateFolder();

    @Override
    public Integer call() throws IOException {
        try (ControlClient agent = agent(state.socket())) {
            agent.request("events", Map.of());
            print(agent.stream());
        }
        return 0;
    }

    private static ControlClient agent(Path socket) {
        if (!SocketPath.isSocket(socket)) {
            throw none(socket);
        }
        try {
            return ControlClient.connect(socket);
        } catch (UserException e) {
            throw e.getCause() == null ? e : none(socket); // it was killed, and its socket is left
        }
    }

    private static UserException none(Path socket) {
        return new UserException(
                "no agent listens at " + socket
                        + ". Start one, 'twinport host agent' or 'systemctl start twinport-host', or give its --state here too.");
    }

    /** Until nobody reads it any more. */
    private static void print(InputStream in) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(line);
            if (System.out.checkError()) {
                return;
            }
        }
        throw new ControlException(
                "the agent has ended, or this process was too slow for it: no events come any more.");
    }
}
