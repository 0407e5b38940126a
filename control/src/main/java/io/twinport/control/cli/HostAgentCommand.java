package io.twinport.control.cli;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.twinport.control.Journal;
import io.twinport.control.Log;
import io.twinport.control.Printable;
import io.twinport.control.TimeOfDay;
import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.Virsh;
import io.twinport.control.host.agent.Agent;
import io.twinport.control.host.agent.AgentCollector;
import io.twinport.control.host.agent.EventFeed;
import io.twinport.control.host.hook.Admission;
import io.twinport.control.host.migrate.PairName;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.control.metrics.MetricsAddress;
import io.twinport.control.metrics.MetricsServer;
import io.twinport.control.service.ServiceManager;
import io.twinport.control.socket.ControlCommand;
import io.twinport.control.socket.ControlSocket;
import io.twinport.control.socket.ControlStream;
import io.twinport.posix.FileErrors;
import io.twinport.posix.PrivateFolder;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code twinport host agent}. */
@Command(
        name = "agent",
        description = {
            "Follow the guests of this host while somebody else migrates them (OpenStack, oVirt, KubeVirt): when a primary goes, the"
                    + " guest's frames go to its standby at once, by an entry of the bridge and, where the NIC needs it, a filter"
                    + " of its uplink; when the guest has it again they are taken back. It starts, stops and migrates nothing.",
            "",
            "  twinport host agent --metrics 9465",
            "  twinport host agent --pair '*/net0=hostdev0'"
        },
        mixinStandardHelpOptions = true)
final class HostAgentCommand implements Callable<Integer> {
    @Option(names = "--connect", paramLabel = "URI", description = "This machine's libvirt. Default: ${DEFAULT-VALUE}")
    String connect = "qemu:///system";

    @Option(
            names = "--pair",
            paramLabel = "DOMAIN/STANDBY=PRIMARY",
            description =
                    "A pair that no <teaming> names, of a guest or of all (*): by the devices' aliases, or the primary by its PCI"
                            + " address on the host. The MAC addresses may differ. Several: the option again.")
    List<String> pairs = List.of();

    @Mixin
    HostCommand.State state = new HostCommand.State();

    @Mixin
    VerdictsOption verdicts = new VerdictsOption();

    @Option(
            names = "--audit",
            paramLabel = "FILE",
            description = "Gets each command that changes the host, and what it came to, a line of JSON each. Default:"
                    + " ${DEFAULT-VALUE}")
    Path audit = Path.of("/var/log/twinport-host.log");

    @Option(
            names = "--metrics",
            paramLabel = "[HOST:]PORT",
            description =
                    "Serve metrics for Prometheus at http://HOST:PORT/metrics; without HOST on loopback only. Off by"
                            + " default.")
    @Nullable
    String metrics;

    @Override
    public Integer call() throws InterruptedException {
        Commands.check(
                connect.matches("qemu:///(system|session|embed)"),
                "--connect " + Printable.line(connect),
                "this machine's own, qemu:///system: the agent sets up the network of the host that it runs on");
        List<PairName> named =
                pairs.stream().map(text -> PairName.parse("--pair", text)).toList();
        MetricsAddress address = metrics == null ? null : MetricsAddress.parse("--metrics", metrics);
        NicVerdicts nics = verdicts.read();
        makeState();
        TimeOfDay time = new TimeOfDay(System.currentTimeMillis(), System.nanoTime());
        Log log = (level, text) -> {
            String line = Printable.line(text);
            System.out.println(
                    Journal.isOnStdout() ? Journal.mark(level, line) : time.text(System.nanoTime()) + "  " + line);
        };
        Agent agent = new Agent(connect, nics, Virsh.programs(), named, state.folder, audit, log);
        agent.begin();
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new AgentCollector(agent));
        Admission admission = Admission.ofThisMachine(nics, state.reservations());
        try (Interrupt interrupt = Interrupt.install(0);
                ControlSocket socket = ControlSocket.open(state.socket(), commands(admission, agent.feed()), log);
                MetricsServer server = address == null ? null : MetricsServer.start(address, registry)) {
            if (server != null) {
                log.say("metrics at " + server.url());
            }
            ServiceManager manager = ServiceManager.ofThisProcess(log);
            manager.ready("following the guests of " + connect);
            log.line(Level.INFO, "ready, hooks and readers of events are answered at " + state.socket());
            agent.run(interrupt::isRequested);
            manager.stopping();
            socket.close();
        }
        return 0;
    }

    private void makeState() {
        try {
            PrivateFolder.make(state.folder);
        } catch (IOException e) {
            throw new UserException(
                    "--state " + state.folder + " cannot be used: " + FileErrors.reason(e)
                            + ". Do it as root, or name a folder in which nobody else may write.",
                    e);
        }
    }

    private static Map<String, ControlCommand> commands(Admission admission, EventFeed feed) {
        return Map.of(
                "events",
                new ControlCommand(Set.of(), request -> {
                    feed.checkRoom();
                    return (ControlStream) feed::write;
                }),
                "admit",
                new ControlCommand(
                        Set.of("xml"),
                        request -> Map.of("refusals", admission.refusals(request.bytes("xml", XmlReader.LONGEST)))));
    }
}
