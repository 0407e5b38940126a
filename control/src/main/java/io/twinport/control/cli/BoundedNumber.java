package io.twinport.control.cli;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a number of an option.
 *
 * @param type {@code int}, {@code long} or {@code double}, or the class of one
 */
record BoundedNumber(Class<?> type, Bounds bounds) implements ITypeConverter<Number> {
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");
    private static final Pattern WITH_FRACTION = Pattern.compile("-?\\d{1,18}(\\.\\d{1,9})?");

    /** In words: {@code 100 to 600000 milliseconds, or 0 for never}. */
    static String text(Bounds bounds) {
        return plain(bounds.least()) + " to " + plain(bounds.most())
                + (bounds.unit().isEmpty() ? "" : " " + bounds.unit())
                + (bounds.zero().isEmpty() ? "" : ", or 0 " + bounds.zero());
    }

    /** Without the {@code .0} of a whole one. */
    static Number plain(double number) {
        if (number == Math.rint(number)) {
            return (long) number;
        }
        return number;
    }

    boolean isWhole() {
        return type != double.class && type != Double.class;
    }

    @Override
    public Number convert(String text) {
        boolean isNumber = (isWhole() ? WHOLE : WITH_FRACTION).matcher(text).matches();
        if (!isNumber || !allows(new BigDecimal(text))) {
            throw new TypeConversionException(text + " is not possible: give " + text(bounds));
        }
        if (type == int.class || type == Integer.class) {
            return Integer.valueOf(text);
        }
        if (isWhole()) {
            return Long.valueOf(text);
        }
        return Double.valueOf(text);
    }

    private boolean allows(BigDecimal number) {
        return !bounds.zero().isEmpty() && number.signum() == 0
                || number.compareTo(new BigDecimal(bounds.least())) >= 0
                        && number.compareTo(new BigDecimal(bounds.most())) <= 0;
    }
}
