using System.Globalization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>
/// Targets of tokens worked out by hand. A dot is a token that is not learnt; words of other letters than the vocabulary's words are a
/// token a letter.
/// </summary>
public class TokenLabellerTests
{
    private static readonly BertModel Tiny = new TinyCheckpoint().Load();

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("the zz good", "[CLS] the z ##z good [SEP]", ". 0 1 . 2 .")]
    [InlineData("zz,qx good", "[CLS] z ##z , q ##x good [SEP]", ". 0 . . . . 1 .")] // one word though the tokenizer sees three
    [InlineData("the  good", "[CLS] the good [SEP]", ". 0 2 .")] // the empty word 1 has no token
    [InlineData("\u200b the good", "[CLS] the good [SEP]", ". 1 2 .")]
    [InlineData("the good ", "[CLS] the good [SEP]", ". 0 1 .")]
    [InlineData("ÜÜ 😀 good", "[CLS] u ##u [UNK] good [SEP]", ". 0 . 1 2 .")]
    public void A_label_stands_on_the_first_token_of_its_word(string text, string tokens, string targets)
    {
        TrainingRow row = Rows(Words(text), maxLength: 64, stride: 0).Single();
        Assert.Equal(tokens, Tokens(row));
        Assert.Equal(targets, Targets(row));
        Assert.Equal(targets.Split(' ').Count(target => target != "."), row.Weight);
        Assert.Equal(row.Length, row.PairStart);
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void In_windows_a_label_stands_once_where_most_is_around_it(BertTruncationSide side)
    {
        // 9 tokens in windows of 4 that begin 2 apart; first tokens of words are 0, 3, 4 and 7. The third window (4 to 8) shows none of
        // them best.
        TrainingRow[] rows = [.. Rows(Words("zzz the xyz qq"), maxLength: 6, stride: 2, side)];
        Assert.Equal(["[CLS] z ##z ##z the [SEP]", "[CLS] ##z the x ##y [SEP]", "[CLS] ##z q ##q [SEP]"], rows.Select(Tokens));
        Assert.Equal([". 0 . . . .", ". . 1 2 . .", ". . 3 . ."], rows.Select(Targets));
        Assert.All(rows, row => Assert.Equal(5, row.Position));
    }

    [Fact]
    public void Windows_side_by_side_cut_words_and_keep_their_labels()
    {
        TrainingRow[] rows = [.. Rows(Words("zzz the xyz qq"), maxLength: 6, stride: 0)];
        Assert.Equal(["[CLS] z ##z ##z the [SEP]", "[CLS] x ##y ##z q [SEP]"], rows.Select(Tokens));
        Assert.Equal([". 0 . . 1 .", ". 2 . . 3 ."], rows.Select(Targets));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" ", 2)]
    public void A_text_without_tokens_gives_no_rows(string text, int words)
    {
        TextRow row = Words(text);
        Assert.Equal(words, row.Words.Count);
        Assert.Empty(Rows(row, maxLength: 64, stride: 0));
    }

    // Labels: O is 0, B-PER 1, I-PER 2, B-LOC 3, I-LOC 4.
    [Theory]
    [InlineData("the zz-film, good!", "PER 4 11", ". 0 1 . 2 2 0 0 0 .")]
    [InlineData("the zz-film, good!", "PER 4 6, LOC 7 11", ". 0 1 . 0 3 0 0 0 .")]
    [InlineData("the zz-film, good!", "LOC 13 17, PER 5 6", ". 0 1 . 0 0 0 3 0 .")] // in any order, and of a part of a word
    [InlineData("the film good", "PER 0 3, PER 3 8, LOC 8 9", ". 1 1 0 .")] // neighbours of one type; a blank alone has no word
    [InlineData("the film good", "PER 0 2, LOC 2 8", ". 1 3 0 .")] // a word that two share is the first's
    [InlineData("the film good", "? 0 3", ". 0 0 0 .")] // no type
    [InlineData("the film good", "", ". 0 0 0 .")]
    public void Places_become_tags_of_the_words_that_the_tokenizer_finds(string text, string entities, string targets) =>
        Assert.Equal(targets, Targets(SpanRows(text, entities).Single()));

    [Theory]
    [InlineData("PER -1 3", "PER from -1 to 3 (columns 'Starts', 'Ends') is not within its text of 13 characters")]
    [InlineData("PER 3 14", "PER from 3 to 14")]
    [InlineData("PER 3 3", "PER from 3 to 3")]
    [InlineData("PER 0 5, LOC 4 8", "LOC from 4 to 8 (columns 'Starts', 'Ends') overlaps the PER from 0 to 5")]
    public void Places_that_cannot_be_are_named(string entities, string part)
    {
        var error = Assert.Throws<InvalidOperationException>(() => SpanRows("the film good", entities));
        Assert.Contains("Row 0, column 'Sentence' (\"the film good\")", error.Message);
        Assert.Contains(part, error.Message);
    }

    private static TextRow Words(string text)
    {
        var row = new TextRow { Text = text.AsMemory() };
        int start = 0;
        foreach (string word in text.Length == 0 ? [] : text.Split(' '))
        {
            row.Words.Add((start, start + word.Length));
            start += word.Length + 1;
        }
        return row;
    }

    private static IEnumerable<TrainingRow> Rows(
        TextRow text, int maxLength, int stride, BertTruncationSide side = BertTruncationSide.Right)
    {
        var labeller = new TokenLabeller(TinyCheckpoint.WithTruncationSide(Tiny, side).Tokenizer, maxLength, stride);
        return labeller.Rows(labeller.Encode(text.Text.ToString()), text.Words, [.. Enumerable.Range(0, text.Words.Count)], position: 5);
    }

    private TrainingRow[] SpanRows(string text, string entities)
    {
        string[][] spans = [.. entities.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(entity => entity.Split(' '))];
        IDataView texts = _ml.Data.LoadFromEnumerable(
            [new { Sentence = text, Label = spans.Select(s => s[0]).ToArray(),
                Starts = spans.Select(s => int.Parse(s[1], CultureInfo.InvariantCulture)).ToArray(),
                Ends = spans.Select(s => int.Parse(s[2], CultureInfo.InvariantCulture)).ToArray() }]);
        IDataView types = _ml.Data.LoadFromEnumerable([new { Type = "PER" }, new { Type = "LOC" }]);
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: types).Fit(texts).Transform(texts);
        var labels = new SpanLabels(
            data.Schema, new NamedEntityRecognitionTrainer.Options { LabelStartsColumnName = "Starts", LabelEndsColumnName = "Ends" });
        Assert.Equal(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"], labels.Tags.Names);
        using DataViewRowCursor cursor = data.GetRowCursor(labels.Columns);
        Func<IEnumerable<TrainingRow>?> read = labels.CreateReader(cursor, new TokenLabeller(Tiny.Tokenizer, 64, 0));
        Assert.True(cursor.MoveNext());
        return [.. read()!];
    }

    private static string Tokens(TrainingRow row) => string.Join(' ', row.Ids.Select(id => Tiny.Tokenizer.Vocabulary[id]));

    private static string Targets(TrainingRow row) => string.Join(' ', row.Targets.Select(target => target == -100 ? "." : $"{target}"));
}
