/**
 * Numbered frames, and wires between virtual devices that can really be cut: what {@code demo} and {@code soak} have in
 * common. {@code NumberedFrame} and {@code Payloads} are used on the poll thread and allocate nothing there; a
 * {@code Wire} belongs to a control thread.
 */
@NullMarked
package io.twinport.control.traffic;

import org.jspecify.annotations.NullMarked;
