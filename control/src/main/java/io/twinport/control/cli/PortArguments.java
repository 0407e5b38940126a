package io.twinport.control.cli;

import io.twinport.control.hotplug.Binding;
import io.twinport.control.plan.HandlerSpec;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.RunSettings;
import io.twinport.control.plan.SideDriver;
import io.twinport.control.plan.SideSpec;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.PortSettings;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All that makes one failover port: options on the command line, keys in a configuration. */
public final class PortArguments {
    @Option(
            names = "--primary",
            paramLabel = "DEVARGS",
            description =
                    "The fast device: 0000:05:00.0, or net_virtio_user0,path=/run/vf.sock,server=1,mac=...;"
                            + " vhost-user:/PATH[,server=1][,queues=N][,mac=MAC][,packed=0]: a far end by vhost-user, with"
                            + " twinport's own driver; auto: the PCI device with the standby's MAC address, wherever it is; mac:MAC: with that one.")
    @Nullable
    public String primary;

    @Option(
            names = "--standby",
            paramLabel = "DEVARGS",
            description =
                    "The device that takes over, named as the primary is. Without mac= a virtual side adopts the other's MAC address. auto: the"
                            + " virtio-net device with the primary's MAC address; mac:MAC: with that one.")
    @Nullable
    public String standby;

    @Option(
            names = "--standby-driver",
            defaultValue = "auto",
            paramLabel = "DRIVER",
            description =
                    "Who drives the standby. auto: twinport where it is a PCI device that offers VIRTIO_NET_F_STANDBY"
                            + " (QEMU's failover=on), else DPDK. dpdk: DPDK's driver. twinport: our own for virtio-net, which tells the"
                            + " hypervisor that the primary may be plugged and unplugged (QEMU's failover=on needs it)."
                            + " kernel: the kernel's; --standby is then an interface (eth1), a PCI address or mac:MAC."
                            + " Default: ${DEFAULT-VALUE}")
    String standbyDriver = "auto";

    @Option(
            names = "--handler",
            defaultValue = "reflect",
            paramLabel = "HANDLER",
            description =
                    "reflect: every frame back to its sender. sink: freed. generate[:PPS[:MAC]]: frames of 60 bytes."
                            + " tap:NAME[,offloads]: a kernel interface with the port's MAC address; with offloads the kernel"
                            + " leaves TCP's and UDP's checksums to the sides that write them, else to twinport. Default: ${DEFAULT-VALUE}")
    String handler = "reflect";

    @Option(
            names = "--bind",
            description =
                    "Take PCI devices from the kernel: bind them to vfio-pci at the start or when they appear, and"
                            + " give them back at the end. Refuses a device whose interface is in use. Without it they must be"
                            + " bound already.")
    boolean bind;

    @Option(
            names = "--bind-in-use",
            description = "As --bind, and take also a device whose interface is in use: it has an address or a route,"
                    + " belongs to a bridge or a bond, or is below a VLAN or macvlan. --bind refuses it, and auto does"
                    + " not choose it.")
    boolean bindInUse;

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

    /**
     * What was given, checked.
     *
     * @param name the port's, in messages
     * @throws io.twinport.control.UserException that begins with the option that is wrong
     */
    public PortPlan plan(String name) {
        List<SideSpec> sides = Stream.of(side(Sides.PRIMARY, primary), side(Sides.STANDBY, standby))
                .flatMap(List::stream)
                .map(side -> side.isPci() ? side.bound(binding()) : side)
                .toList();
        HandlerSpec handlerSpec = HandlerSpec.parse(handler);
        return new PortPlan(name, sides, handlerSpec, settings());
    }

    private Binding binding() {
        return bindInUse ? Binding.IN_USE : bind ? Binding.UNUSED : Binding.NONE;
    }

    private RunSettings settings() {
        PortSettings port = new PortSettings(policyOptions.failback(), receiveOptions.settings(), policyOptions.hold());
        return new RunSettings(
                port,
                queueOptions.queues,
                portOptions.spec(),
                detectionOptions.settings(),
                policyOptions.announce(),
                policyOptions.releaseTime());
    }

    private List<SideSpec> side(int side, @Nullable String text) {
        SideDriver given = SideDriver.parse("--standby-driver", standbyDriver);
        SideDriver driver = side == Sides.STANDBY ? given : SideDriver.DPDK;
        return text == null ? List.of() : List.of(SideSpec.parse(side, text, driver));
    }
}
