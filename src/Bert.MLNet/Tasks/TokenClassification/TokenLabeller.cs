using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Converts texts with labels of words to training rows: the windows that the fitted model reads. A word's label is assigned to its
/// first token, as in HuggingFace's <c>run_ner</c>, and only in the window with the most text around it, which later predicts the
/// word.
/// </summary>
internal sealed class TokenLabeller(BertTokenizer tokenizer, int maxLength, int stride)
{
    private readonly BertEncodeOptions _encoding = TextWindows.Encoding(maxLength, stride);

    /// <summary>Returns the windows of a text.</summary>
    public TokenWindow<float[]>[] Encode(string text) => TextWindows.Of<float[]>(tokenizer.Encode(text, options: _encoding));

    /// <summary>Returns the positions of the words into which the tokenizer splits a text.</summary>
    public List<(int Start, int End)> Words(TokenWindow<float[]>[] windows)
    {
        var words = new List<(int Start, int End)>();
        int? last = null;
        foreach ((TokenWindow<float[]> window, int token) in TextWindows.Tokens(windows, stride))
        {
            (int start, int end) = window.Encoding.Offsets[token];
            if (window.Encoding.WordIds[token] == last)
                words[^1] = (words[^1].Start, end);
            else
                words.Add((start, end));
            last = window.Encoding.WordIds[token];
        }
        return words;
    }

    /// <summary>Returns the windows that contain a label, as rows.</summary>
    /// <param name="windows">The windows of <see cref="Encode"/>.</param>
    /// <param name="words">The positions of the words in the text.</param>
    /// <param name="labels">The number of each word's label.</param>
    /// <param name="position">The position of the text in the data.</param>
    /// <param name="teacher">The logits of a teacher for each word; none if there is no teacher.</param>
    public IEnumerable<TrainingRow> Rows(
        TokenWindow<float[]>[] windows, IReadOnlyList<(int Start, int End)> words, IReadOnlyList<int> labels, long position,
        ReadOnlyMemory<float> teacher = default)
    {
        foreach (TokenWindow<float[]> window in windows)
            Array.Fill(window.Kept = new float[window.Length], TokenClassificationObjective.Ignored);
        int logits = teacher.Length / Math.Max(words.Count, 1);
        float[][] taught = [.. windows.Select(window => Enumerable.Repeat(float.NaN, window.Length * logits).ToArray())];
        int last = -1;
        foreach ((TokenWindow<float[]> window, int token, int word) in WordPieces.Of(windows, stride, words))
        {
            if (word != last)
            {
                window.Kept[token] = labels[word];
                teacher.Slice(word * logits, logits).CopyTo(taught[Array.IndexOf(windows, window)].AsMemory(token * logits));
            }
            last = word;
        }
        return from place in Enumerable.Range(0, windows.Length)
               let window = windows[place]
               let count = window.Kept.Count(target => target != TokenClassificationObjective.Ignored)
               where count > 0
               select new TrainingRow([.. window.Ids], window.PairStart, position, window.Kept, count) { Teacher = taught[place] };
    }
}
