using System.Text;

namespace Bert.MLNet.Server.Requests;

/// <summary>Converts places in a text from UTF-16 units, .NET's, to code points, those of HuggingFace's APIs.</summary>
internal static class CodePoints
{
    /// <summary>Returns the number of code points before a place.</summary>
    public static int Before(string text, int place)
    {
        int count = 0;
        foreach (Rune _ in text.AsSpan(0, place).EnumerateRunes())
            count++;
        return count;
    }
}
