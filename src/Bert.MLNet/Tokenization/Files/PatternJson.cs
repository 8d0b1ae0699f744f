using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the <c>pattern</c> of a part of a tokenizer.json: a string or a regular expression.</summary>
internal static class PatternJson
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(@"\^$.|?*+()[]{}");

    private const int LongestRun = 1_000;

    /// <exception cref="NotSupportedException">The expression contains a construct that is not supported; the message names it.</exception>
    public static TextPattern Read(JsonFields part, string file)
    {
        (string pattern, bool isExpression) = ReadText(part, file);
        return isExpression ? new ExpressionPattern(pattern, file) : new LiteralPattern(pattern);
    }

    /// <summary>Returns the pattern as it is written, and whether it is a regular expression.</summary>
    public static (string Pattern, bool IsExpression) ReadText(JsonFields part, string file)
    {
        JsonFields? pattern = part.Find("pattern") is { ValueKind: JsonValueKind.Object } value ? JsonFields.Of(value, file) : null;
        if (pattern?.Text("String") is { Length: > 0 } text)
            return (text, false);
        if (pattern?.Text("Regex") is { Length: > 0 } expression)
            return expression.AsSpan().IndexOfAny(s_special) < 0 ? (expression, false) : (expression, true);
        throw new InvalidDataException($"A {part.Text("type")} in '{file}' has no pattern. Copy or download the file again.");
    }

    /// <summary>Reads an expression that matches one character, repeated at least a given number of times.</summary>
    /// <param name="expression">The expression, such as <c> {2,}</c>.</param>
    /// <param name="run">The character, repeated the minimum number of times.</param>
    public static bool TryReadRun(string expression, out string run)
    {
        run = "";
        if (expression is not [var character and not ('\\' or '.' or '$' or '^' or '(' or '['), .. var times])
            return false;
        int least = times is "+" ? 1
            : times is ['{', .., ',', '}']
                && int.TryParse(times.AsSpan(1, times.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                    ? count
                    : 0;
        if (least is < 1 or > LongestRun || char.IsSurrogate(character))
            return false;
        run = new string(character, least);
        return true;
    }
}
