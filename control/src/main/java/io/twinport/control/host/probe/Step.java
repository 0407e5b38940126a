package io.twinport.control.host.probe;

/**
 * A change of the VF's state, as numbers of frames: each is the first that was sent from then on.
 *
 * <pre>
 *   begin            end            steady          next
 *   | the change is   | what follows | what is       |
 *   | being made      | it           | counted       |
 * </pre>
 */
record Step(VfState state, int begin, int end, int steady, int next) {}
