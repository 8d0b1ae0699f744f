using System.Text;

namespace Bert.MLNet.Persistence;

/// <summary>Reads text files of a checkpoint, with a limit for their size.</summary>
internal static class BoundedText
{
    /// <summary>The maximum length of a config in characters, enough for the names of 200,000 labels.</summary>
    public const int Config = 16 << 20;

    /// <summary>
    /// The maximum length of a vocabulary in characters: twice the largest <c>tokenizer.json</c> of a BERT (LaBSE, 501,153 tokens).
    /// </summary>
    public const int Vocabulary = 32 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream, in UTF-8 or the encoding of its byte order mark; it remains open.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <param name="limit">The maximum number of characters.</param>
    /// <exception cref="InvalidDataException">The text is longer, or is not UTF-8.</exception>
    public static string Read(Stream stream, string file, int limit)
    {
        using var reader = new StreamReader(stream, Strict, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 14, leaveOpen: true);
        var text = new StringBuilder();
        char[] piece = new char[1 << 14];
        try
        {
            for (int count; (count = reader.Read(piece)) > 0;)
            {
                if (text.Length + count > limit)
                    throw TooLong(file, limit);
                text.Append(piece, 0, count);
            }
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"'{file}' is damaged: it is not UTF-8 text. Copy or download the file again.", exception);
        }
        return text.ToString();
    }

    public static InvalidDataException TooLong(string file, int limit) =>
        new($"'{file}' is too large: this kind of file can have at most {limit >> 20} MB of text. Copy or download the file again.");
}
