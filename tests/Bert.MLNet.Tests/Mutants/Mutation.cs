using System.Text;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>Damage that a seed decides: the same bytes and seed always give the same mutant.</summary>
internal static partial class Mutation
{
    private static readonly byte[] Extremes = [0, 1, 0x20, 0x22, 0x7F, 0x80, 0xFE, 0xFF];

    private static readonly long[] Sizes =
        [-1, 0, 1, 255, 65_536, 1 << 24, 1 << 30, int.MaxValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];

    private static readonly string[] Values =
    [
        "0", "-1", "1", "2", "3", "1000000", "2147483647", "2147483648", "9223372036854775807", "1e308", "1e999", "0.5", "-0", "1e-400",
        "null", "true", "false",
        "\"\"", "\"x\"", "\"[PAD]\"", "\"\\ud83d\"", "\"\\u0000\"", "[]", "{}", "[1]", "{\"a\": 1}", "\"../../x\"", "",
    ];

    private static readonly string[] Brackets = ["[", "{\"a\":", "[{\"a\":["];

    /// <summary>A mutant of a file.</summary>
    /// <param name="original">The file; it stays as it is.</param>
    /// <param name="isText">Whether it is text, whose values are changed, too.</param>
    /// <param name="other">Another file, for splices.</param>
    /// <param name="random">Decides the damage.</param>
    public static byte[] Of(byte[] original, bool isText, byte[] other, Random random)
    {
        byte[] bytes = original;
        for (int steps = random.Next(4) == 0 ? 2 : 1; steps > 0; steps--)
            bytes = isText && random.Next(3) > 0 ? OfText(bytes, random) : OfBytes(bytes, other, random);
        return bytes;
    }

    private static byte[] OfBytes(byte[] bytes, byte[] other, Random random)
    {
        (int start, int end) = Range(bytes.Length, random);
        switch (random.Next(9))
        {
            case 0:
                return bytes[..start];
            case 1:
                return [.. bytes[..start], .. bytes[end..]];
            case 2:
                return [.. bytes[..end], .. bytes[start..]];
            case 3:
                return [.. bytes[..start], .. other[(int)(other.Length * random.NextDouble())..]];
            case 4:
                byte[] noise = new byte[random.Next(1, 64)];
                random.NextBytes(noise);
                return [.. bytes[..start], .. noise, .. bytes[start..]];
            case 5:
                return [.. bytes[..start], .. Enumerable.Repeat(Extremes[random.Next(Extremes.Length)], random.Next(1, 4096)),
                    .. bytes[end..]];
            case 6:
                byte[] size = BitConverter.GetBytes(Sizes[random.Next(Sizes.Length)])[..(random.Next(2) == 0 ? 4 : 8)];
                return [.. bytes[..start], .. size, .. bytes[Math.Min(bytes.Length, start + size.Length)..]];
            default:
                byte[] flipped = [.. bytes];
                for (int bits = random.Next(1, 9); bits > 0 && flipped.Length > 0; bits--)
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
        }
    }

    private static byte[] OfText(byte[] bytes, Random random)
    {
        string text = Encoding.UTF8.GetString(bytes);
        switch (random.Next(6))
        {
            case 0:
                List<string> lines = [.. text.Split('\n')];
                int line = random.Next(lines.Count);
                if (random.Next(2) == 0)
                    lines.RemoveAt(line);
                else
                    lines.Insert(random.Next(lines.Count), lines[line]);
                text = string.Join('\n', lines);
                break;
            case 1:
                string bracket = Brackets[random.Next(Brackets.Length)];
                text = Replace(text, string.Concat(Enumerable.Repeat(bracket, random.Next(1, 3) == 1 ? 70 : 20_000)), random);
                break;
            case 2:
                text = Replace(text, Replacement(text, random), random);
                break;
            default:
                text = Replace(text, Values[random.Next(Values.Length)], random);
                break;
        }
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Another value of the same text.</summary>
    private static string Replacement(string text, Random random) =>
        Value().Matches(text) is { Count: > 0 } values ? values[random.Next(values.Count)].Value : "";

    /// <summary>The text with one of its values replaced.</summary>
    private static string Replace(string text, string value, Random random)
    {
        MatchCollection values = Value().Matches(text);
        if (values.Count == 0)
            return text + value;
        Match old = values[random.Next(values.Count)];
        return text[..old.Index] + value + text[(old.Index + old.Length)..];
    }

    private static (int Start, int End) Range(int length, Random random)
    {
        int start = random.Next(length + 1);
        return (start, Math.Min(length, start + random.Next(1, random.Next(2) == 0 ? 16 : Math.Max(2, length / 2))));
    }

    [GeneratedRegex("\"[^\"\n]*\"|-?[0-9][0-9.eE+-]*|true|false|null")]
    private static partial Regex Value();
}
