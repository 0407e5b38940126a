package io.twinport.control.host.probe;

/** The machine's own tools that set up its network: {@code ip}, {@code bridge}. */
interface HostCommands {
    /**
     * Runs a command to its end, in the network namespace of this thread.
     *
     * @return what it has printed on stdout
     * @throws ProbeException with what it said, if it fails
     */
    String run(String... command);
}
