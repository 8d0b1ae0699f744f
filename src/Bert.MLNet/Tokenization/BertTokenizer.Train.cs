using Bert.MLNet.Persistence;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

public sealed partial class BertTokenizer
{
    /// <summary>
    /// Learns a byte-level BPE tokenizer like RoBERTa's from text. Every text can be encoded, and decoding returns it unchanged. The
    /// vocabulary contains <c>&lt;s&gt; &lt;pad&gt; &lt;/s&gt; &lt;unk&gt; &lt;mask&gt;</c>, then the 256 bytes, then the tokens in the
    /// order of their merges. The algorithm and its result are those of HuggingFace's <c>BpeTrainer</c>. The same text and options always
    /// produce the same tokenizer. <see cref="Save"/> writes it as <c>tokenizer.json</c>, and as <c>vocab.json</c> with <c>merges.txt</c>.
    /// </summary>
    /// <param name="text">Lines or paragraphs, which are read once, in order, and never held in memory all at once.</param>
    /// <param name="options">How to learn. Default: 30,000 tokens of pairs that occur at least twice.</param>
    /// <param name="cancellationToken">Stops training with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="ArgumentException">The vocabulary is too small for the special tokens and the bytes.</exception>
    /// <exception cref="InvalidDataException">The text contains no words.</exception>
    public static BertTokenizer TrainByteBpe(
        IEnumerable<string> text, BertByteBpeTrainingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new BertByteBpeTrainingOptions();
        options.Check();
        return Train(new ByteBpeTraining(options), text, options, cancellationToken);
    }

    /// <summary>
    /// Learns a Unigram tokenizer like XLM-R's from text, as SentencePiece does (Kudo, 2018, arXiv:1804.10959). Text is normalized to NFKC,
    /// and runs of spaces become one. The vocabulary contains <c>&lt;s&gt; &lt;pad&gt; &lt;/s&gt; &lt;unk&gt;</c>, then the pieces by
    /// their probability, then <c>&lt;mask&gt;</c>. All frequent characters are pieces. Longer pieces do not extend beyond a word, and
    /// contain either letters or other characters. The same text and options always produce the same tokenizer. <see cref="Save"/> writes
    /// it as <c>tokenizer.json</c>.
    /// </summary>
    /// <remarks>
    /// Candidates are the characters and the substrings that occur repeatedly and are followed by different characters; those with the
    /// highest product of frequency and length are used. Their probabilities are estimated by expectation maximization. Candidates whose
    /// removal costs the least likelihood are then removed, in several rounds.
    /// </remarks>
    /// <param name="text">Lines or paragraphs, which are read once, in order, and never held in memory all at once.</param>
    /// <param name="options">How to learn. Default: 8,000 tokens.</param>
    /// <param name="cancellationToken">Stops training with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="ArgumentException">The vocabulary is too small for the special tokens and the characters of the text.</exception>
    /// <exception cref="InvalidDataException">The text contains no words.</exception>
    public static BertTokenizer TrainUnigram(
        IEnumerable<string> text, BertUnigramTrainingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new BertUnigramTrainingOptions();
        options.Check();
        return Train(new UnigramTraining(options), text, options, cancellationToken);
    }

    private static BertTokenizer Train(
        TokenizerTraining training, IEnumerable<string> text, BertTokenizerTrainingOptions options, CancellationToken cancellationToken)
    {
        TokenizerSpecification untrained = training.Untrained;
        Dictionary<string, long> words = WordCounter.Count(
            text, untrained.Normalizer(untrained.Options), untrained.PreTokenizer(untrained.Options), options.Threads, cancellationToken);
        return ReadFrom(new MemorySource(training.Learn(words, cancellationToken)));
    }
}
