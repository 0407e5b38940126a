/**
 * Copies of frames: for whoever looks, by a ring, and for whoever asks later, in the flight recorder. The poll loop
 * writes and never waits for the reader; where nobody looks a burst pays one comparison. {@code CaptureRing.read} and
 * {@code FlightRecording} are for the reader, who may allocate; everything else is for the poll loop.
 *
 * <p>Thread: poll and reader. Uses: {@code dataplane}, {@code cnc}.
 */
@NullMarked
package io.twinport.dataplane.capture;

import org.jspecify.annotations.NullMarked;
