/**
 * {@code twinport probe mac-filter}: where frames for a VF's address go while the VF comes and goes. For hosts, which have no DPDK.
 *
 * <p>A {@code Walker} leads the VF of a {@code Rig} through its states while {@code Traffic} sends numbered frames and looks for them at
 * all places. A {@code FrameLog} has what arrived, the {@code Classifier} says what each change did, a {@code Walk} is the whole.
 * There are two rigs: an {@code EmulatedRig}, whose verdict is known, and a {@code SriovRig}, for whose VF a {@code SriovTarget} says
 * that nobody uses it. {@code VerdictFile} keeps what is known of NICs.
 *
 * <p>Thread: control. Uses: {@code control}, {@code host}, {@code kernel}, {@code program}.
 */
@NullMarked
package io.twinport.control.host.probe;

import org.jspecify.annotations.NullMarked;
