using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Names and values in C#.</summary>
internal static partial class CSharp
{
    // C# uses the same escapes as JSON, including those for Unicode line separators.
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Literal(string text) => JsonSerializer.Serialize(text, s_readable);

    public static string Literal(char character) => character == '\t' ? @"'\t'" : $"'{character}'";

    public static string Literal(bool value) => value ? "true" : "false";

    public static string Literal(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Literal(float value) => value.ToString("R", CultureInfo.InvariantCulture) + "f";

    public static string Literal(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Creates a name for a type or a member. Each part of the text starts with a capital, so it is never a keyword.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="taken">Names that are already in use.</param>
    /// <param name="suffix">The suffix that makes the name unique.</param>
    public static string Identifier(string text, IReadOnlySet<string> taken, string suffix)
    {
        string name = string.Concat(Words().Matches(text).Select(word => char.ToUpperInvariant(word.Value[0]) + word.Value[1..]));
        if (name.Length == 0 || !char.IsLetter(name[0]))
            name = "_" + name;
        while (taken.Contains(name))
            name += suffix;
        return name;
    }

    [GeneratedRegex(@"[\p{L}\p{Nd}_]+")]
    private static partial Regex Words();
}
