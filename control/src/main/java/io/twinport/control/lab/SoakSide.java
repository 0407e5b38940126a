package io.twinport.control.lab;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One side of the port, and what can be done to it in the state that it is in. For one control thread. */
final class SoakSide {
    /** What has been done to it last. */
    enum State {
        /** The device is in the port and its wire is whole. */
        WHOLE,
        /** The device is in the port, and its wire is cut. */
        CUT,
        /** The device has been taken out of the port and stopped. */
        CLOSED,
        /** There is no device. */
        GONE
    }

    private final int side;
    private final Disruptions disruptions;
    private final Supplier<Wire> lay;
    private final HostileVisit visit;
    private State state = State.GONE;
    private @Nullable Wire wire;

    /** @param lay makes a wire whose near end joins the port */
    SoakSide(int side, Disruptions disruptions, Supplier<Wire> lay, HostileVisit visit) {
        this.side = side;
        this.disruptions = disruptions;
        this.lay = lay;
        this.visit = visit;
        disruptions.begin(side);
    }

    State state() {
        return state;
    }

    /** Whether its traffic flows if the port chooses it. */
    boolean isReady() {
        return state == State.WHOLE;
    }

    void plug() {
        wire = lay.get();
        whole();
    }

    /** A far end that means harm comes, and goes. */
    void visit(int number) {
        visit.pay(number);
    }

    /** The device goes, wire and all, with notice or without. */
    void unplug(boolean withNotice) {
        disruptions.begin(side);
        if (withNotice && state != State.CLOSED) {
            wire().announceLeave();
        }
        wire().remove();
        wire = null;
        state = State.GONE;
    }

    void cut() {
        disruptions.begin(side);
        wire().cut();
        state = State.CUT;
    }

    void restore() {
        wire().restore();
        whole();
    }

    /** Takes the device out of the port and stops it, with notice or without. */
    void close(boolean withNotice) {
        disruptions.begin(side);
        if (withNotice) {
            wire().announceLeave();
        }
        wire().close();
        state = State.CLOSED;
    }

    void open() {
        wire().open();
        whole();
    }

    /** Makes the wire whole, whatever has been done to it. */
    void heal() {
        switch (state) {
            case WHOLE -> {}
            case CUT -> restore();
            case CLOSED -> open();
            case GONE -> plug();
        }
    }

    private void whole() {
        state = State.WHOLE;
        disruptions.end(side);
    }

    private Wire wire() {
        return Objects.requireNonNull(wire, "there is no device");
    }
}
