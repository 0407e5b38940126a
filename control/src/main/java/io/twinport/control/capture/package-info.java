/** Frames of a running port as pcapng: a control thread empties the rings that the poll loops fill. */
@NullMarked
package io.twinport.control.capture;

import org.jspecify.annotations.NullMarked;
