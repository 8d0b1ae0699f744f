using System.Globalization;
using System.Text;

namespace Bert.MLNet.Pretraining.Translation;

/// <summary>The model card of a translator: what it is, how good it is, what it learned from, and what it cannot do.</summary>
internal sealed class TranslationCard
{
    private static readonly CompositeFormat s_text = CompositeFormat.Parse("""
        ---
        language: [{1}, {2}]
        pipeline_tag: translation
        license: other
        ---

        # {0}

        A small translator from {3} to {4} for {13}, which this library trained from nothing but the pairs of
        texts below: {5}. In a program, `BertModel.FromPretrained` opens it for
        [`ApplyBertSequenceToSequence`](../../../docs/how-to/translate.md). Its format is that of transformers' `EncoderDecoderModel`.

        ## How good it is

        {6}

        | source | written | reference |
        |---|---|---|
        {7}

        ## What it cannot do

        - **It only knows such texts.** It has seen no news, no dialogue, no letters and no technical text. Words that are rare in its
          training texts are replaced by frequent ones, and the translation looks as fluent as a correct one. The table shows what it makes
          of other sentences.
        - **It translates single sentences**, up to {9} tokens; longer ones are truncated. It has no context beyond the sentence.
        - **Names, numbers, negations and rare words** are often wrong or missing. A score does not detect this: it compares words with
          one reference.
        - **It repeats what its texts assume**, such as the gender of persons in an occupation.
        - Do not publish its translations without a person who reads both languages. For anything but experiments, tests and teaching, use
          a large model.

        | source | written |
        |---|---|
        {8}

        ## Training data

        {10}

        ## How it was trained

        {11}. The epoch with the best result on the validation rows is kept, so these results are slightly optimistic. The command:

        ```sh
        {12}
        ```

        """.ReplaceLineEndings("\n"));

    // What kind of texts the data sets contain, and what their pages say about them.
    private static readonly Dictionary<string, (string Kind, string Source)> s_data = new(StringComparer.Ordinal)
    {
        ["multi30k"] = ("short descriptions of pictures",
            "[Multi30k](https://github.com/multi30k/dataset), task 1 (Elliott, Frank, Sima'an and Specia, 2016): English captions " +
            "of photographs on Flickr (Flickr30k; Young, Lai, Hodosh and Hockenmaier, 2014) and their translations by professional " +
            "translators. Its page names no license for the texts; of the images, which are not used here, it says that " +
            "they are provided for non-commercial research and education only. Treat this model in the same way: **use it for research, " +
            "tests and teaching**, and train another one from texts of your own for any other purpose."),
    };

    private static readonly Dictionary<string, string> s_languages = new(StringComparer.Ordinal)
    {
        ["en"] = "English", ["de"] = "German", ["fr"] = "French", ["cs"] = "Czech",
    };

    private static readonly Dictionary<string, string[]> s_otherTexts = new(StringComparer.Ordinal)
    {
        ["en"] =
        [
            "The parliament rejected the bill on Thursday.", "I will not be able to come to the meeting at 9:30.",
            "Please restart the server and try again.", "How much does this ticket cost?",
        ],
        ["de"] =
        [
            "Das Parlament lehnte den Gesetzentwurf am Donnerstag ab.", "Ich kann nicht zur Besprechung um 9:30 Uhr kommen.",
            "Bitte starten Sie den Server neu und versuchen Sie es noch einmal.", "Wie viel kostet diese Fahrkarte?",
        ],
    };

    /// <summary>The name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>The language of the sources, such as <c>en</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The language of the targets.</summary>
    public required string Target { get; init; }

    /// <summary>The folder of the data set.</summary>
    public required string Dataset { get; init; }

    /// <summary>The number of training rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The machine and the time of the training.</summary>
    public required string Training { get; init; }

    /// <summary>The command that trains the model.</summary>
    public required string Command { get; init; }

    /// <summary>Translations of texts of other kinds than those of the training.</summary>
    public required IReadOnlyList<WrittenTranslation> OtherTexts { get; init; }

    /// <summary>Returns texts of other kinds than captions; none for an unknown language.</summary>
    public static TranslatedRow[] TextsOfOtherKinds(string language) =>
        [.. s_otherTexts.GetValueOrDefault(language, []).Select(text => new TranslatedRow { Source = text })];

    /// <summary>Describes a training on this machine.</summary>
    /// <param name="time">Its time; null if it is unknown.</param>
    public static string OnThisMachine(TimeSpan? time) => time is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{known:hh\\:mm\\:ss} hours on {Environment.ProcessorCount} processor cores")
        : "an unknown time on an unknown machine";

    /// <summary>Returns the command line of a training, without what describes only the evaluation, and with names for paths.</summary>
    /// <param name="tokens">The tokens of the command line, from the command.</param>
    /// <param name="paths">Options whose values are replaced.</param>
    public static string CommandOf(IReadOnlyList<string> tokens, params (string Option, string Name)[] paths)
    {
        var command = new StringBuilder("dotnet run -c Release --project tools/Bert.MLNet.Pretraining --");
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i] == "--evaluate-only")
                continue;
            if (tokens[i] == "--trained-on")
            {
                i++;
                continue;
            }
            command.Append(' ').Append(
                i > 0 && paths.FirstOrDefault(path => path.Option == tokens[i - 1]) is { Name: { } name } ? name : tokens[i]);
        }
        return command.ToString();
    }

    /// <summary>Writes <c>README.md</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">Its translations of the validation rows.</param>
    /// <param name="shown">The number of them in the card.</param>
    /// <param name="folder">The folder of the model.</param>
    public void Write(BertModel model, TranslatedTexts texts, int shown, string folder) =>
        File.WriteAllText(Path.Combine(folder, "README.md"), Text(model, texts, shown));

    /// <summary>Returns the text of the card.</summary>
    public string Text(BertModel model, TranslatedTexts texts, int shown)
    {
        BertDecoder decoder = model.Decoder!;
        BertGenerationOptions generation = decoder.Generation;
        TranslationMetrics metrics = texts.Metrics;
        string shape = string.Create(CultureInfo.InvariantCulture,
            $"{model.Config.NumHiddenLayers} layers of {model.Config.HiddenSize} in the encoder and {decoder.Config.NumHiddenLayers} of " +
            $"{decoder.Config.HiddenSize} in the decoder, {Translator.Parameters(model) / 1e6:F1} million weights, vocabularies of " +
            $"{model.Tokenizer.Vocabulary.Size:N0} and {decoder.Tokenizer.Vocabulary.Size:N0} tokens");
        string results = string.Create(CultureInfo.InvariantCulture,
            $"On the {texts.Rows.Length:N0} validation rows of the data set, with {generation.NumBeams} beams: **BLEU " +
            $"{metrics.Bleu.Score:F1}** (`{metrics.Bleu.Signature}`), chrF {metrics.Chrf.Score:F1} (`{metrics.Chrf.Signature}`). " +
            $"The first rows:");
        (string kind, string source) = s_data.GetValueOrDefault(
            Dataset, ("such texts", $"The data set `{Dataset}`; see its page for its source and license."));
        string data = string.Create(CultureInfo.InvariantCulture, $"{Rows:N0} pairs of texts. {source}");
        return string.Format(
            CultureInfo.InvariantCulture, s_text, Name, Source, Target, Language(Source), Language(Target), shape, results,
            Table(texts.Rows.Take(shown), row => [row.Source, row.PredictedText, row.Target]),
            Table(OtherTexts, row => [row.Source, row.PredictedText]), model.MaxSequenceLength, data,
            $"The training took {Training}", Command, kind);
    }

    private static string Language(string code) => s_languages.GetValueOrDefault(code, code);

    private static string Table(IEnumerable<WrittenTranslation> rows, Func<WrittenTranslation, string[]> cells) => string.Join('\n',
        rows.Select(row => $"| {string.Join(" | ", cells(row).Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |"));
}
