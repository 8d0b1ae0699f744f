using System.Globalization;
using System.Text;

namespace System.Runtime.CompilerServices;

/// <summary>Builds the interpolated strings of this assembly, in the invariant culture.</summary>
/// <remarks>
/// The compiler takes this type instead of .NET's of the same name, which formats numbers in the culture of the thread: a message, a file
/// or a comparison would have other digits, signs and separators from one user to the next. Where a culture is given, as to
/// <c>string.Create</c>, that one is used.
/// </remarks>
[InterpolatedStringHandler]
internal struct DefaultInterpolatedStringHandler
{
    private readonly StringBuilder _text;
    private StringBuilder.AppendInterpolatedStringHandler _parts;

    public DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        _text = new StringBuilder();
        _parts = new StringBuilder.AppendInterpolatedStringHandler(literalLength, formattedCount, _text, CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string value) => _parts.AppendLiteral(value);

    public void AppendFormatted<T>(T value, int alignment = 0, string? format = null)
    {
        // A value of an enumeration that has no name is a number, which .NET formats in the culture of the thread, whatever it is given.
        if (value is Enum item && !char.IsLetter(item.ToString()[0]))
            _parts.AppendFormatted(Convert.ToInt64(item, CultureInfo.InvariantCulture), alignment, format);
        else
            _parts.AppendFormatted(value, alignment, format);
    }

    public void AppendFormatted(ReadOnlySpan<char> value, int alignment = 0, string? format = null) =>
        _parts.AppendFormatted(value, alignment, format);

    public readonly string ToStringAndClear() => _text.ToString();
}
