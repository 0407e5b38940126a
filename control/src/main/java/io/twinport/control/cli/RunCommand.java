package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.metrics.Metrics;
import io.twinport.control.plan.MbufNeeds;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.StandbyTrap;
import io.twinport.control.run.EngineEnd;
import io.twinport.control.run.FailoverRun;
import io.twinport.control.run.OperatorCommands;
import io.twinport.control.service.Heart;
import io.twinport.control.service.ServiceManager;
import io.twinport.control.socket.ControlSocket;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dpdk.EalArguments;
import io.twinport.posix.FileModes;
import io.twinport.posix.HugePages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code twinport run}. */
@Command(
        name = "run",
        description = {
            "Run failover ports, each over two DPDK devices, until Ctrl-C. What it changes on the machine it puts back.",
            "One port is given by options, several in a file (-c)."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "The ports, in YAML: 'twinport config --help' says more. Options beside it (--name, --cnc-dir,"
                            + " --metrics, ..., EAL's arguments) override the file.")
    @Nullable
    Path config;

    @Mixin
    PortArguments port = new PortArguments();

    @Mixin
    ProcessOptions process = new ProcessOptions();

    @Parameters(
            paramLabel = "-- EAL",
            description = "Arguments for DPDK's EAL, after '--': -l 1 (the poll loops' CPUs), --no-huge, -m 256, ...")
    List<String> eal = List.of();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        // Before anything is made: what passes through these files is nobody else's.
        FileModes.keepToThisUser();
        Configuration configuration = configuration().paired();
        ProcessOptions options = configuration.options();
        List<PortPlan> plans = configuration.ports();
        FailoverRun.checkMachine(plans);
        plans.forEach(plan -> StandbyTrap.warning(plan.sides()).ifPresent(Commands.warnings()::warn));
        MbufNeeds mbufs = MbufNeeds.of(plans);
        EalArguments arguments = withMemory(configuration.ealArguments(), mbufs.megabytes());
        Path cncFile = options.engine.cncFile(EngineOptions.DEFAULT_NAME);
        // Metrics first, so that an address that cannot be had is said before any device is touched.
        try (Interrupt interrupt = Interrupt.install(0);
                Metrics metrics = options.metrics().map(Metrics::start).orElse(null)) {
            Engine engine = Engine.start(arguments, cncFile, mbufs.count(), mbufs.room());
            engine.recordFlights(options.flightFrames);
            run(engine, configuration, options.exitWhenStuck(), metrics, interrupt);
            return 0;
        }
    }

    /** Of the command line, or of the file. */
    private Configuration configuration() {
        if (config == null) {
            return Configuration.of(process, eal, EngineOptions.DEFAULT_NAME, port);
        }
        refuseOptionsOfPorts();
        return Configuration.read(config).overriddenBy(process, this::isGiven, eal);
    }

    private void refuseOptionsOfPorts() {
        List<String> given = Configuration.keys(CommandLines.of(new PortArguments())).stream()
                .map(key -> "--" + key)
                .filter(this::isGiven)
                .toList();
        if (!given.isEmpty()) {
            throw new UserException(String.join(", ", given) + ": with -c the file describes the ports. Put it into "
                    + config + ", under the port.");
        }
    }

    private boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private void run(
            Engine engine,
            Configuration configuration,
            Optional<Duration> exitWhenStuck,
            @Nullable Metrics metrics,
            Interrupt interrupt)
            throws InterruptedException {
        List<String> hanging = List.of();
        try {
            FailoverRun run = FailoverRun.create(engine, configuration.ports(), System.out);
            exitWhenStuck.ifPresent(run::endWhenStuck);
            if (metrics != null) {
                run.show(metrics);
                System.out.println("metrics at " + metrics.url());
            }
            ServiceManager manager = ServiceManager.ofThisProcess(Commands.warnings());
            boolean attached = false;
            ControlSocket control = null;
            try {
                RunningConfiguration running = new RunningConfiguration(
                        configuration, config == null ? null : this::configuration, run, manager);
                control = openControl(engine, running, run, interrupt);
                run.attach();
                attached = true;
                running.reloadOnHangup();
                manager.ready(run.status());
                try (Heart _ = manager.beat(run.heartbeats()::hangingThreads)) {
                    interrupt.await();
                }
            } finally {
                manager.stopping();
                // Both read what is about to go.
                if (control != null) {
                    control.close();
                }
                if (metrics != null) {
                    metrics.close();
                }
                hanging = run.stop();
                if (attached) {
                    run.summary();
                }
            }
        } finally {
            EngineEnd.end(engine, hanging);
        }
    }

    /** Null if there is to be none. */
    private static @Nullable ControlSocket openControl(
            Engine engine, RunningConfiguration running, FailoverRun run, Interrupt interrupt) {
        OperatorCommands commands = new OperatorCommands(run)
                .with("config", running::view)
                .with("reload", running::reload)
                .with("stop", () -> {
                    interrupt.request();
                    return Map.of("pid", ProcessHandle.current().pid());
                });
        return running.options()
                .controlSocket(engine.cnc().file())
                .map(file -> ControlSocket.open(file, commands.all(), Commands.warnings()))
                .orElse(null);
    }

    private static EalArguments withMemory(EalArguments arguments, int megabytes) {
        if (!arguments.decidesMemory() && HugePages.freeMegabytes() < megabytes) {
            throw new UserException(
                    "there are " + HugePages.freeMegabytes() + " MiB of free hugepages, and " + megabytes
                            + " are needed. Reserve some, as root: echo 512 >"
                            + " /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages. Or, with virtual devices, do without:"
                            + " add '-- --no-huge' at the end.");
        }
        return arguments.withMemoryAtHand(megabytes);
    }
}
