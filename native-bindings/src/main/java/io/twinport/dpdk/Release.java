package io.twinport.dpdk;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The DPDK releases that twinport has bindings for. DPDK keeps one ABI from each November release until the next. */
public enum Release {
    V22_11("22.11", 23, "io.twinport.dpdk.v22_11"),
    V24_11("24.11", 25, "io.twinport.dpdk.v24_11");

    private final String title;
    private final int abiVersion;
    private final String bindings;

    Release(String title, int abiVersion, String bindings) {
        this.title = title;
        this.abiVersion = abiVersion;
        this.bindings = bindings;
    }

    /** The release as DPDK writes it, {@code 22.11}. */
    public String title() {
        return title;
    }

    /** The number in the library's soname: {@code librte_eal.so.23}. */
    public int abiVersion() {
        return abiVersion;
    }

    /** The package of the release's generated bindings. */
    String bindings() {
        return bindings;
    }

    /**
     * The release that {@code rte_version()} names, empty if there are no bindings for it. Exact, since 25.03 and
     * 25.07 share 24.11's soname but nobody has compared their internal layouts.
     *
     * @param version for instance {@code DPDK 22.11.11}
     */
    public static Optional<Release> of(String version) {
        return Arrays.stream(values())
                .filter(release -> version.matches("DPDK " + release.title.replace(".", "\\.") + "([.-].*)?"))
                .findFirst();
    }

    /** All titles, for messages: {@code 22.11, 24.11}. */
    public static String titles() {
        return Arrays.stream(values()).map(Release::title).collect(Collectors.joining(", "));
    }
}
