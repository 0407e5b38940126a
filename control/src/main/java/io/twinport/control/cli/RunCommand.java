package io.twinport.control.cli;

import io.twinport.control.Engine;
import io.twinport.control.UserException;
import io.twinport.control.run.FailoverRun;
import io.twinport.control.run.HandlerSpec;
import io.twinport.control.run.PortSpec;
import io.twinport.control.run.RunSettings;
import io.twinport.control.run.SideDriver;
import io.twinport.control.run.SideSpec;
import io.twinport.control.run.StandbyTrap;
import io.twinport.dataplane.failover.FailoverPolicy;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.flight.FlightRecorder;
import io.twinport.dpdk.EalArguments;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.HugePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinport run}. */
@Command(
        name = "run",
        description =
                "Run a failover port over two DPDK devices until Ctrl-C. Changes nothing on the machine without --bind.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Option(
            names = "--primary",
            paramLabel = "DEVARGS",
            description = "The fast device: 0000:05:00.0, or net_virtio_user0,path=/run/vf.sock,server=1,mac=...")
    @Nullable
    String primary;

    @Option(
            names = "--standby",
            paramLabel = "DEVARGS",
            description = "The device that takes over. Without mac= a virtual side adopts the other's MAC address.")
    @Nullable
    String standby;

    @Option(
            names = "--standby-driver",
            defaultValue = "dpdk",
            paramLabel = "DRIVER",
            description =
                    "Who drives the standby. dpdk: DPDK's driver. twinport: our own for virtio-net, which tells the"
                            + " hypervisor that the primary may be plugged and unplugged (QEMU's failover=on needs it)."
                            + " Default: ${DEFAULT-VALUE}")
    String standbyDriver = "dpdk";

    @Option(
            names = "--handler",
            defaultValue = "reflect",
            paramLabel = "HANDLER",
            description =
                    "reflect: every frame back to its sender. sink: freed. generate[:PPS[:MAC]]: frames of 60 bytes."
                            + " tap:NAME: an interface of the kernel's with the port's MAC address. Default: ${DEFAULT-VALUE}")
    String handler = "reflect";

    @Option(
            names = "--bind",
            description =
                    "Take PCI devices from the kernel: bind them to vfio-pci when they are there or appear, and give"
                            + " them back at the end. Without it they have to be bound already.")
    boolean bind;

    @Option(
            names = "--flight-recorder",
            arity = "0..1",
            fallbackValue = "256",
            defaultValue = "0",
            paramLabel = "N",
            description =
                    "Keep the headers of the last N frames before each switch and of N after it (256), of the last 64"
                            + " switches, in NAME.flight beside NAME.cnc: 'twinport history NAME.cnc --pcap FILE' writes them.")
    int flightFrames;

    @Mixin
    QueueOptions queueOptions = new QueueOptions();

    @Mixin
    PortOptions portOptions = new PortOptions();

    @Mixin
    PolicyOptions policyOptions = new PolicyOptions();

    @Mixin
    DetectionOptions detectionOptions = new DetectionOptions();

    @Mixin
    ReceiveOptions receiveOptions = new ReceiveOptions();

    @Mixin
    EngineOptions engineOptions = new EngineOptions();

    @Parameters(
            paramLabel = "-- EAL",
            description = "Arguments for DPDK's EAL, after '--': -l 1 (the poll loops' CPUs), --no-huge, -m 256, ...")
    List<String> eal = List.of();

    @Override
    public Integer call() throws InterruptedException {
        List<SideSpec> sides = Stream.of(side(FailoverPolicy.PRIMARY, primary), side(FailoverPolicy.STANDBY, standby))
                .flatMap(List::stream)
                .map(this::driven)
                .map(side -> bind && side.isPci() ? side.bound() : side)
                .toList();
        FailoverRun.check(sides);
        StandbyTrap.warning(sides).ifPresent(trap -> System.err.println("twinport: warning: " + trap));
        Commands.check(
                flightFrames >= 0 && flightFrames <= FlightRecorder.mostFrames(),
                "--flight-recorder " + flightFrames,
                "1 to " + FlightRecorder.mostFrames() + " frames, or 0 for none");
        HandlerSpec handlerSpec = HandlerSpec.parse(handler);
        RunSettings settings = settings(handlerSpec);
        EalArguments arguments = arguments(sides, megabytes(settings.configuration()));
        Interrupt interrupt = Interrupt.install(0);
        try {
            run(sides, handlerSpec, settings, arguments, interrupt);
            return 0;
        } finally {
            interrupt.done();
        }
    }

    private RunSettings settings(HandlerSpec handlerSpec) {
        PortSettings port = new PortSettings(policyOptions.failback(), receiveOptions.settings(), policyOptions.hold());
        return new RunSettings(
                port,
                queueOptions.queues(handlerSpec),
                portOptions.spec(),
                detectionOptions.settings(),
                policyOptions.announce(),
                policyOptions.releaseTime());
    }

    private void run(
            List<SideSpec> sides,
            HandlerSpec handlerSpec,
            RunSettings settings,
            EalArguments arguments,
            Interrupt interrupt)
            throws InterruptedException {
        Engine engine = Engine.start(
                arguments,
                engineOptions.cncFile("twinport"),
                queueOptions.mbufs(),
                settings.configuration().mbufRoom());
        engine.recordFlights(flightFrames);
        boolean clean = true;
        try {
            FailoverRun run = FailoverRun.create(engine, sides, handlerSpec, settings, System.out);
            boolean attached = false;
            try {
                run.attach(sides);
                attached = true;
                interrupt.await();
            } finally {
                clean = run.stop();
                if (attached) {
                    run.summary();
                }
            }
        } finally {
            if (clean) {
                engine.close();
            } else {
                engine.abandon();
                sides.stream().flatMap(side -> side.serverSocket().stream()).forEach(RunCommand::delete);
            }
        }
    }

    private SideSpec driven(SideSpec side) {
        SideDriver driver = SideDriver.parse("--standby-driver", standbyDriver);
        return side.side() == FailoverPolicy.STANDBY ? side.drivenBy(driver) : side;
    }

    /** Longer mbufs need more memory than the usual ones, which the usual amount is for. */
    private int megabytes(PortSpec port) {
        long more = (long) queueOptions.mbufs() * (port.mbufRoom() - MbufPool.DEFAULT_ROOM);
        return queueOptions.megabytes() + (int) ((more + (1 << 20) - 1) >> 20);
    }

    private EalArguments arguments(List<SideSpec> sides, int megabytes) {
        // EAL probes what it is allowed at its start, and would have our driver's device before we do.
        List<String> pci = sides.stream()
                .filter(side -> side.isPci() && side.driver() == SideDriver.DPDK)
                .map(SideSpec::devargs)
                .toList();
        EalArguments arguments = new EalArguments(EngineOptions.pollCpus(eal), pci, eal);
        if (!arguments.decidesMemory() && HugePages.freeMegabytes() < megabytes) {
            throw new UserException(
                    "there are " + HugePages.freeMegabytes() + " MiB of free hugepages, and " + megabytes
                            + " are needed. Reserve some, as root: echo 512 >"
                            + " /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages. Or, with virtual devices, do without:"
                            + " add '-- --no-huge' at the end.");
        }
        return arguments.withMemoryAtHand(megabytes);
    }

    private static List<SideSpec> side(int side, @Nullable String devargs) {
        return devargs == null ? List.of() : List.of(SideSpec.parse(side, devargs));
    }

    private static void delete(String socket) {
        try {
            Files.deleteIfExists(Path.of(socket));
        } catch (IOException e) {
            System.err.println("twinport: " + socket + " stays: " + e);
        }
    }
}
