package io.twinport.control.service;

import io.twinport.control.Log;
import io.twinport.posix.PosixException;
import io.twinport.posix.UnixDatagrams;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells the service manager how this process fares: sd_notify(3). Where none has started it nothing is told, and where
 * the manager does not listen that is said and the run goes on: it is the manager's to judge.
 */
public final class ServiceManager {
    private static final int MOST_DIGITS = 18;

    private final Optional<String> socket;
    private final Optional<Duration> watchdog;
    private final Log log;

    private ServiceManager(Optional<String> socket, Optional<Duration> watchdog, Log log) {
        this.socket = socket;
        this.watchdog = watchdog;
        this.log = log;
    }

    /** The one that has started this process, if one has. */
    public static ServiceManager ofThisProcess(Log log) {
        return of(System.getenv(), ProcessHandle.current().pid(), log);
    }

    /**
     * @param environment {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC} and {@code WATCHDOG_PID} count
     * @param pid of this process: what is another's watchdog is not fed
     * @param log told when the manager does not listen, and of loops that hang
     */
    static ServiceManager of(Map<String, String> environment, long pid, Log log) {
        Optional<Duration> watchdog = Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(text -> text.matches("\\d{1," + MOST_DIGITS + "}"))
                .map(text -> Duration.of(Long.parseLong(text), ChronoUnit.MICROS))
                .filter(Duration::isPositive)
                .filter(period -> environment
                        .getOrDefault("WATCHDOG_PID", String.valueOf(pid))
                        .equals(String.valueOf(pid)));
        Optional<String> socket = Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .filter(address -> address.startsWith("/") || address.startsWith("@"));
        return new ServiceManager(socket, watchdog, log);
    }

    /**
     * The ports are ready, or are so again after {@link #reloading}.
     *
     * @param status a line for {@code systemctl status}
     */
    public void ready(String status) {
        tell("READY=1\nSTATUS=" + status);
    }

    /** The configuration is being read anew; {@link #ready} says that this is over. */
    public void reloading() {
        // nanoTime is CLOCK_MONOTONIC, which the manager compares with its own.
        tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
    }

    /** The end has begun; the manager's watchdog has no say any more. */
    public void stopping() {
        tell("STOPPING=1\nSTATUS=ending");
    }

    /**
     * From now on the manager's watchdog is fed, at half of its time, as long as nothing hangs.
     *
     * @param hanging names what hangs, none if all is well; called by the heart's thread alone
     */
    public Heart beat(Supplier<List<String>> hanging) {
        Optional<Duration> half = socket.flatMap(ignored -> watchdog).map(period -> period.dividedBy(2));
        return new Heart(half, hanging, () -> tell("WATCHDOG=1"), log);
    }

    private void tell(String message) {
        socket.ifPresent(address -> {
            try {
                UnixDatagrams.send(address, message);
            } catch (PosixException e) {
                log.warn("the service manager does not listen at NOTIFY_SOCKET: " + e.getMessage());
            }
        });
    }
}
