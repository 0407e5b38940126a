package io.twinport.control.plan;

import io.twinport.control.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Who drives a side's device. */
public enum SideDriver {
    /** Twinport's where the device says that it is one of a pair, else DPDK's: a {@link DriverChoice} when it is there. */
    AUTO,

    /** The driver that DPDK has for it. */
    DPDK,

    /** Twinport's own for virtio-net, which tells the hypervisor that the primary may come and go. */
    TWINPORT,

    /** The kernel's; its interface is used through a packet socket, and is silent otherwise. */
    KERNEL;

    /** Reads {@code auto}, {@code dpdk}, {@code twinport} or {@code kernel}. */
    public static SideDriver parse(String option, String text) {
        return Arrays.stream(values())
                .filter(driver -> driver.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new UserException(option + " " + text + " is no driver. Choose "
                        + Arrays.stream(values()).map(SideDriver::text).collect(Collectors.joining(" or ")) + "."));
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
