package io.twinport.control.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The numbers that an option takes, or each number of a list. Its check, its help (where its description says
 * {@code ${BOUNDS}}), its manual page and its key's schema are made of them.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Bounds {
    double least();

    double most();

    /** What they count, for instance {@code milliseconds}; may be empty. */
    String unit() default "";

    /** What 0 means where that can be given too, although it is less than the least: {@code for never}. */
    String zero() default "";
}
