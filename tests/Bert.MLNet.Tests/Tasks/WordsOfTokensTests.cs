using Bert.MLNet.Tasks;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks;

/// <summary>Tasks that find words and parts of texts, over each kind of tokenizer: tokens contain the space before a word or not.</summary>
public class WordsOfTokensTests
{
    private const string Text = "they hated the filming of a phonezz and loved it so goodest was timeday";

    private readonly MLContext _ml = new(seed: 1);

    [Theory, MemberData(nameof(TinyTokenizer.Kinds), MemberType = typeof(TinyTokenizer))]
    public void Entities_are_whole_words_with_the_label_of_their_first_token(string kind)
    {
        BertModel model = TinyTokenizer.Load(Checkpoint("RobertaForTokenClassification"), kind);
        Entity[] tokens = Entities(model, BertAggregation.None), entities = Entities(model, BertAggregation.First);
        List<(string Type, int Start, int End)> expected = [];
        foreach ((int start, int end) in Words())
        {
            string type = tokens.First(token => token.Start < end && token.End >= start).Type; // it may be the space before the word
            if (expected.Count > 0 && expected[^1].Type == type)
                expected[^1] = (type, expected[^1].Start, end);
            else
                expected.Add((type, start, end));
        }
        Assert.True(tokens.Length > Words().Count + 3);
        Assert.InRange(expected.Count, 3, Words().Count);
        Assert.Equal(expected, entities.Select(entity => (entity.Type, entity.Start, entity.End)));
        foreach (BertAggregation aggregation in (BertAggregation[])[BertAggregation.Average, BertAggregation.Max])
            Assert.All(Entities(model, aggregation), entity => Assert.True(
                (entity.Start == 0 || Text[entity.Start - 1] == ' ') && (entity.End == Text.Length || Text[entity.End] == ' ')));
    }

    [Theory, MemberData(nameof(TinyTokenizer.Kinds), MemberType = typeof(TinyTokenizer))]
    public void Labels_of_words_stand_once_on_tokens_of_these_words(string kind)
    {
        BertTokenizer tokenizer = TinyTokenizer.Load(Checkpoint("RobertaModel"), kind).Tokenizer;
        var labeller = new TokenLabeller(tokenizer, maxLength: 64, stride: 0);
        string text = "zz " + Text;
        List<(int Start, int End)> words = [(0, 2), .. Words().Select(word => (word.Start + 3, word.End + 3))];
        TrainingRow row = labeller.Rows(labeller.Encode(text), words, [.. Enumerable.Range(0, words.Count)], position: 0).Single();
        BertEncoding encoding = tokenizer.Encode(text);
        Assert.Equal(encoding.Ids, row.Ids);
        (int Token, int Word)[] labelled =
        [
            .. row.Targets.Index().Where(target => target.Item != TokenClassificationObjective.Ignored)
                .Select(target => (target.Index, (int)target.Item)),
        ];
        Assert.Equal(Enumerable.Range(0, words.Count), labelled.Select(label => label.Word));
        Assert.All(labelled, label =>
        {
            (int start, int end) = encoding.Offsets[label.Token];
            Assert.InRange(words[label.Word].Start, start, end);
        });
    }

    [Theory, MemberData(nameof(TinyTokenizer.Kinds), MemberType = typeof(TinyTokenizer))]
    public void An_answer_that_is_learnt_is_the_answer_that_is_found(string kind)
    {
        BertTokenizer tokenizer = TinyTokenizer.Load(Checkpoint("RobertaModel"), kind).Tokenizer;
        foreach ((int maxLength, int stride) in ((int, int)[])[(64, 16), (24, 6)])
        {
            var windows = new QuestionWindows(tokenizer, maxLength, stride);
            var labeller = new AnswerLabeller(windows, stride, new QuestionAnswerTrainer.Options());
            var search = new AnswerSearch(new BertQuestionAnsweringEstimator.Options { MaxAnswerLength = 30 });
            List<(int Start, int End)> words = Words();
            for (int first = 0; first < words.Count; first++)
            {
                string answer = Text[words[first].Start..words[Math.Min(first + 1, words.Count - 1)].End];
                AnsweredQuestionRow[] rows =
                    [.. labeller.Rows(new AnsweredQuestion("was it so", Text, [new AnswerInText(answer, words[first].Start)]), 0)];
                BertEncoding encoding = windows.Of("was it so", Text);
                AnswersInContext found = search.Find(Text.AsMemory(), encoding.Overflowing.Prepend(encoding).Zip(rows, (window, row) =>
                    (window, Sure(window, row.Targets[0]), Sure(window, row.Targets[1]))));
                Assert.Contains(rows, row => row.Targets[0] > 0);
                Assert.Equal((answer, words[first].Start), (found.TextOf(found.Best).ToString(), found.Best.Start));
            }
        }

        static float[] Sure(BertEncoding window, float token) =>
            [.. Enumerable.Range(0, window.Length).Select(i => i == (int)token ? 30f : 0)];
    }

    [Theory, MemberData(nameof(TinyTokenizer.Kinds), MemberType = typeof(TinyTokenizer))]
    public void Words_are_masked_whole(string kind)
    {
        BertTokenizer tokenizer = TinyTokenizer.Load(Checkpoint("RobertaModel"), kind).Tokenizer;
        var masking = new WholeWordMasking(tokenizer, 0.4);
        BertEncoding encoding = tokenizer.Encode(Text);
        for (int seed = 0; seed < 50; seed++)
        {
            var chosen = new List<(int Position, int Id)>();
            masking.Apply([.. encoding.Ids.Select(id => (long)id)], new Random(seed), chosen);
            HashSet<int> positions = [.. chosen.Select(token => token.Position)];
            Assert.NotEmpty(positions);
            Assert.All(Words(), word => Assert.Single(Enumerable.Range(1, encoding.Length - 2)
                .Where(token => encoding.Offsets[token].Start < word.End && encoding.Offsets[token].End > word.Start)
                .Select(positions.Contains).Distinct()));
        }
    }

    [Theory]
    [InlineData("WordPiece", "good", "good", "the film is good it was")]
    [InlineData("byte-level BPE", " good", " good", "the film is good it was")]
    [InlineData("byte-level BPE", "good", "good", "the film isgood it was")] // a token without the space before it
    [InlineData("Unigram", "good", "good", "the film isgood it was")]
    [InlineData("Unigram", "▁good", "good", "the film is good it was")]
    public void A_mask_is_filled_as_its_token_is_written(string kind, string target, string token, string filled)
    {
        BertModel model = TinyTokenizer.Load(Checkpoint("RobertaForMaskedLM"), kind);
        IDataView data = _ml.Data.LoadFromEnumerable([new { Text = "the film is <mask> it was" }]);
        using BertFillMaskTransformer step = _ml.Transforms.Text.ApplyBertFillMask(
            new BertFillMaskEstimator.Options { Model = model, Targets = [target], TopK = 1 }).Fit(data);
        IDataView result = step.Transform(data);
        Assert.Equal([token], result.GetColumn<string[]>("MaskTokens").Single());
        Assert.Equal([filled], result.GetColumn<string[]>("FilledTexts").Single());
    }

    private static TinyCheckpoint Checkpoint(string architecture) => new() { Architecture = architecture, Labels = ["x", "y", "z"] };

    private static List<(int Start, int End)> Words()
    {
        var words = new List<(int Start, int End)>();
        foreach (string word in Text.Split(' '))
            words.Add((words.Count == 0 ? 0 : words[^1].End + 1, (words.Count == 0 ? 0 : words[^1].End + 1) + word.Length));
        return words;
    }

    private Entity[] Entities(BertModel model, BertAggregation aggregation)
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new { Text }]);
        using BertTokenClassifierTransformer step =
            _ml.Transforms.Text.ApplyBertTokenClassifier("Entities", "Text", model, aggregation).Fit(data);
        IDataView result = step.Transform(data);
        string[] types = result.GetColumn<string[]>("EntityTypes").Single();
        int[] starts = result.GetColumn<int[]>("EntityStarts").Single(), ends = result.GetColumn<int[]>("EntityEnds").Single();
        return [.. types.Select((type, i) => new Entity(type, 1, starts[i], ends[i]))];
    }
}
