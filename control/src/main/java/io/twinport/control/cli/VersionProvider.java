package io.twinport.control.cli;

import io.twinport.control.Machine;
import io.twinport.dpdk.Release;
import picocli.CommandLine.IVersionProvider;

/** The versions of twinport and of the JDK, and the DPDK releases it can run on; nothing is loaded for that. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String own = VersionProvider.class.getPackage().getImplementationVersion();
        return new String[] {
            "twinport " + (own == null ? "(development build)" : own),
            "DPDK " + Release.titles() + " (the one installed is recognised at start)",
            "JDK " + Machine.jdk()
        };
    }
}
