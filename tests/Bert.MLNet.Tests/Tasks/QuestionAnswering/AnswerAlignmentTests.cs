using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.QuestionAnswering;

/// <summary>From the index of an answer to its tokens.</summary>
public class AnswerAlignmentTests
{
    private const string Text = "The Film was on  time; WE love\tthat bóok 😀 and (the) battery's service is very poorest, 99 day.";

    private static readonly BertModel s_model = new TinyCheckpoint { Architecture = "BertForQuestionAnswering" }.Load();

    [Theory]
    [InlineData("one two one", "one", 0, 0)]
    [InlineData("one two one", "one", 8, 8)]
    [InlineData("😀😀 one two one", "one", 3, 5)] // 3 code points, 5 UTF-16 units
    [InlineData("😀😀 one two one", "one", 11, 13)]
    [InlineData("one two one", "two", 0, 4)] // it is there once
    [InlineData("one two one", "two", -1, 4)]
    [InlineData("one two one", "two", 99, 4)]
    [InlineData("one two one", "one", 1, null)]
    [InlineData("one two one", "One", 0, null)]
    [InlineData("", "one", 0, null)]
    public void An_answer_is_looked_for_at_its_index_then_by_code_points_then_everywhere(
        string context, string answer, int index, int? place) =>
        Assert.Equal(place, new AnswerInText(answer, index).FindIn(context));

    [Theory]
    [InlineData("Film", "film")]
    [InlineData("on  time;", "on time [UNK]")]
    [InlineData("  time", "time")] // blanks belong to no token
    [InlineData("bóok 😀", "book [UNK]")]
    [InlineData("battery's", "battery ' s")]
    [InlineData("s service", "s service")]
    [InlineData("poorest", "poor ##est")]
    [InlineData("est", "##est")]
    [InlineData("ores", "poor ##est")] // a token is whole or not there
    [InlineData("(the)", "[UNK] the [UNK]")]
    [InlineData("99 day.", "9 ##9 day .")]
    public void The_tokens_of_an_answer_are_those_that_share_a_character_with_it(string answer, string tokens)
    {
        BertEncoding encoding = s_model.Tokenizer.Encode("is it good ?", Text);
        int start = Text.IndexOf(answer, StringComparison.Ordinal);
        var context = new ContextTokens(encoding, stride: 0);
        (int first, int last) = context.InWindow(0, context.Find(start, start + answer.Length)!.Value)!.Value;
        Assert.Equal(tokens, string.Join(' ', encoding.Tokens.Skip(first).Take(last - first + 1)));
    }

    [Theory]
    [InlineData(20, 5), InlineData(20, 0), InlineData(12, 4), InlineData(40, 20)]
    public void Every_answer_is_found_in_the_windows_that_have_all_of_it_and_in_no_others(int maxLength, int stride)
    {
        const string question = "why so";
        BertEncoding whole = s_model.Tokenizer.Encode(question, Text);
        var context = new ContextTokens(new QuestionWindows(s_model.Tokenizer, maxLength, stride).Of(question, Text), stride);
        int pair = whole.Length - whole.SequenceIds.Count(id => id == 1) - 1, room = maxLength - pair - 1;
        for (int start = 0; start < Text.Length; start++)
        {
            for (int end = start + 1; end <= Text.Length; end++)
            {
                int[] tokens = [.. Enumerable.Range(0, whole.Length)
                    .Where(i => whole.SequenceIds[i] == 1 && whole.Offsets[i].Start < end && whole.Offsets[i].End > start)];
                (int, int)? found = context.Find(start, end);
                Assert.Equal(tokens.Length == 0 ? null : (tokens[0] - pair, tokens[^1] - pair), found);
                for (int w = 0; found is not null && w < context.Windows.Length; w++)
                {
                    int from = w * (room - stride);
                    bool isWhole = tokens[0] - pair >= from && tokens[^1] - pair < from + room;
                    (int First, int Last)? inWindow = context.InWindow(w, found.Value);
                    Assert.Equal(isWhole, inWindow is not null);
                    if (inWindow is { } at)
                    {
                        Assert.Equal(tokens.Select(i => whole.Offsets[i]),
                            context.Windows[w].Offsets.Skip(at.First).Take(at.Last - at.First + 1));
                        Assert.Equal(tokens.Select(i => whole.Ids[i]), context.Windows[w].Ids.Skip(at.First).Take(at.Last - at.First + 1));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void A_window_learns_the_first_answer_that_it_has_and_else_that_there_is_none(BertTruncationSide side)
    {
        // Windows of 4 tokens of the context that share 1: "a b c d", "d e f g", "g h i".
        var labeller = new AnswerLabeller(
            new QuestionWindows(TinyCheckpoint.WithTruncationSide(s_model, side).Tokenizer, maxLength: 8, stride: 1), 1,
            new QuestionAnswerTrainer.Options());
        Assert.Equal([[0f, 0], [4, 5], [0, 0]], Targets(new AnswerInText("e f", 8), new AnswerInText("d e", 6)));
        Assert.Equal([[3f, 3], [4, 4], [4, 5]], Targets(new AnswerInText("e", 8), new AnswerInText("a", 0), new AnswerInText("h i", 14)));
        Assert.Equal([[0f, 0], [0, 0], [0, 0]], Targets(new AnswerInText("c d e", 4)));
        Assert.Equal([[0f, 0], [0, 0], [0, 0]], Targets());
        Assert.Equal(0, labeller.Moved);

        float[][] Targets(params AnswerInText[] answers)
        {
            AnsweredQuestionRow[] rows = [.. labeller.Rows(new AnsweredQuestion("1", "a b c d e f g h i", answers), 7)];
            Assert.Equal(["abcd", "defg", "ghi"],
                rows.Select(row => string.Concat(row.Ids[row.PairStart..^1].Select(id => s_model.Tokenizer.Vocabulary[id]))));
            Assert.All(rows, row => Assert.Equal(7, row.Position));
            return [.. rows.Select(row => row.Targets)];
        }
    }

    [Theory]
    [InlineData("day", "several times elsewhere")]
    [InlineData("night", "nowhere else")]
    public void An_answer_that_cannot_be_placed_is_refused_with_its_row_and_columns(string answer, string where)
    {
        var labeller = new AnswerLabeller(
            new QuestionWindows(s_model.Tokenizer, 30, 5), 5, new QuestionAnswerTrainer.Options { TrainingAnswerColumnName = "Gold" });
        string message = Assert.Throws<InvalidOperationException>(
            () => labeller.Rows(new AnsweredQuestion("?", "a day and a day", [new AnswerInText(answer, 0)]), 12)).Message;
        Assert.Contains($"Row 12: the answer '{answer}' of column 'Gold' does not occur at index 0 (column 'AnswerIndex') of column " +
            $"'Context', but {where}.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_that_were_found_elsewhere_are_counted_and_one_without_a_token_is_refused()
    {
        var labeller = new AnswerLabeller(new QuestionWindows(s_model.Tokenizer, 30, 5), 5, new QuestionAnswerTrainer.Options());
        Assert.Equal([4f, 4], labeller.Rows(new AnsweredQuestion("?", "a day", [new AnswerInText("day", 0)]), 0).Single().Targets);
        Assert.Equal(1, labeller.Moved);
        Assert.Contains("Row 3", Assert.Throws<InvalidOperationException>(
            () => labeller.Rows(new AnsweredQuestion("?", "a \u200b day", [new AnswerInText("\u200b", 2)]), 3)).Message,
                StringComparison.Ordinal);
    }
}
