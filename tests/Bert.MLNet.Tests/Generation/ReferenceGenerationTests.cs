using System.Text.Json;
using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;

namespace Bert.MLNet.Tests.Generation;

/// <summary>Scores and generated texts against HuggingFace's PyTorch classes.</summary>
public sealed class ReferenceGenerationTests
{
    public static TheoryData<string> Checkpoints => ReferenceSequences.Names;

    [Theory, MemberData(nameof(Checkpoints))]
    public void Scores_of_given_texts_and_their_loss_equal_the_reference(string checkpoint)
    {
        var reference = new ReferenceSequences(checkpoint);
        BertModel model = BertModel.FromPretrained(reference.Folder);
        using var generator = new TextGenerator(model);
        foreach (JsonElement one in reference.TeacherForcing)
        {
            string id = one.GetProperty("id").GetString()!;
            int[] labels = ReferenceSequences.Ids(one, "labels");
            float[][] scores = generator.ScoresOf(Source(ReferenceSequences.Ids(one, "input_ids")), ReferenceSequences.Ids(one,
                "decoder_input_ids"));
            JsonElement[] rows = [.. one.GetProperty("rows").EnumerateArray()];
            Assert.Equal(rows.Length, scores.Length);
            double loss = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                reference.Equal(rows[i].GetProperty("first8"), scores[i].AsSpan(0, 8), $"{id} {i} first8");
                reference.Equal(rows[i].GetProperty("last8"), scores[i].AsSpan(scores[i].Length - 8), $"{id} {i} last8");
                reference.Equal(rows[i].GetProperty("label_logit").GetDouble(), scores[i][labels[i]], $"{id} {i} label");
                foreach (JsonElement top in rows[i].GetProperty("top5").EnumerateArray())
                    reference.Equal(top.GetProperty("logit").GetDouble(), scores[i][top.GetProperty("id").GetInt32()], $"{id} {i} top5");
                double all = TokenScores.LogSumExp(scores[i]);
                reference.Equal(rows[i].GetProperty("logsumexp").GetDouble(), all, $"{id} {i} logsumexp");
                loss += (all - scores[i][labels[i]]) / rows.Length;
            }
            reference.Equal(one.GetProperty("loss").GetDouble(), loss, $"{id} loss");
        }
        reference.WriteLargest("scores");
    }

    [Theory, MemberData(nameof(Checkpoints))]
    public void Attention_to_the_source_equals_the_reference(string checkpoint)
    {
        var reference = new ReferenceSequences(checkpoint);
        BertModel model = BertModel.FromPretrained(reference.Folder);
        using var generator = new TextGenerator(model, attends: true);
        foreach (JsonElement one in reference.TeacherForcing)
        {
            int[] source = ReferenceSequences.Ids(one, "input_ids"), text = ReferenceSequences.Ids(one, "decoder_input_ids");
            float[] attention = generator.AttentionOf(Source(source), text);
            JsonElement expected = one.GetProperty("cross_attention");
            int layer = expected.GetProperty("layer").GetInt32(), heads = model.Decoder!.Config.NumAttentionHeads;
            int[] rows = ReferenceSequences.Ids(expected, "rows");
            for (int head = 0; head < heads; head++)
            {
                for (int row = 0; row < rows.Length; row++)
                    reference.Equal(expected.GetProperty("probs")[head][row], attention.AsSpan(
                        ((layer * heads + head) * text.Length + rows[row]) * source.Length, source.Length), $"{head} {rows[row]}");
            }
        }
        reference.WriteLargest("attention");
    }

    [Theory, MemberData(nameof(Checkpoints))]
    public void Generated_tokens_and_scores_equal_the_reference_in_one_batch_and_alone(string checkpoint)
    {
        var reference = new ReferenceSequences(checkpoint);
        IReadOnlyDictionary<string, int[]> sources = reference.Sources;
        using var generator = new TextGenerator(BertModel.FromPretrained(reference.Folder));
        int compared = 0;
        foreach (JsonElement one in reference.Generated)
        {
            BertGenerationOptions options = ReferenceSequences.OptionsOf(one.GetProperty("parameters"));
            var expected = one.GetProperty("results").EnumerateArray().ToDictionary(result => result.GetProperty("source").GetString()!);
            foreach (var group in new[] { sources.Keys.ToArray() }.Concat(sources.Keys.Select(name => new[] { name })))
            {
                var batch = group.ToDictionary(name => name, name => Source(sources[name]));
                generator.Run([.. batch.Values.OrderByDescending(source => source.Length)], options);
                foreach ((string name, TokenSequence<GeneratedSequence[]> source) in batch)
                {
                    Check(reference, expected[name], source.Kept, $"{one.GetProperty("id")} {name}");
                    compared++;
                }
            }
        }
        Assert.True(compared >= 60);
        reference.WriteLargest($"{compared} generated");
    }

    [Fact]
    public void A_search_that_stops_does_not_depend_on_the_other_rows_of_a_batch()
    {
        // HuggingFace's result for this case does: it continues all searches of a batch until the last one stops.
        var reference = new ReferenceSequences("bert2bert-trained");
        JsonElement one = reference.Root.GetProperty("generate").EnumerateArray()
            .Single(one => one.GetProperty("semantics").GetString() == "hf-4.52" && !one.GetProperty("single_source_gives_same_ids")
                .GetBoolean());
        BertGenerationOptions options = ReferenceSequences.OptionsOf(one.GetProperty("parameters"));
        using var generator = new TextGenerator(BertModel.FromPretrained(reference.Folder));
        TokenSequence<GeneratedSequence[]>[] together = [.. reference.Sources.Values.OrderByDescending(ids => ids.Length).Select(Source)];
        generator.Run(together, options);
        foreach (TokenSequence<GeneratedSequence[]> source in together)
        {
            var alone = Source([.. source.Ids]);
            generator.Run([alone], options);
            Assert.Equal(alone.Kept.Select(text => text.Ids), source.Kept.Select(text => text.Ids));
        }
    }

    [Theory, MemberData(nameof(Checkpoints))]
    public void Texts_become_the_tokens_of_the_reference(string checkpoint)
    {
        var reference = new ReferenceSequences(checkpoint);
        BertModel model = BertModel.FromPretrained(reference.Folder);
        foreach (JsonElement one in reference.TeacherForcing)
        {
            Assert.Equal(ReferenceSequences.Ids(one, "input_ids"), model.Tokenizer.Encode(one.GetProperty("text").GetString()).Ids);
            Assert.Equal(ReferenceSequences.Ids(one, "labels"), model.Decoder!.Tokenizer.Encode(one.GetProperty("target").GetString())
                .Ids.Skip(1));
        }
    }

    private static void Check(ReferenceSequences reference, JsonElement result, GeneratedSequence[] actual, string what)
    {
        JsonElement[] expected = [.. result.GetProperty("sequences").EnumerateArray()];
        Assert.Equal(expected.Select(text => string.Join(' ', ReferenceSequences.Ids(text, "ids"))), actual.Select(text =>
            string.Join(' ', text.Ids)));
        foreach ((JsonElement text, GeneratedSequence written) in expected.Zip(actual))
        {
            if (text.TryGetProperty("score", out JsonElement score))
                reference.Equal(score.GetDouble(), written.Score, what);
        }
    }

    private static TokenSequence<GeneratedSequence[]> Source(int[] ids)
    {
        var source = new TokenSequence<GeneratedSequence[]> { PairStart = ids.Length };
        source.Ids.AddRange(ids);
        return source;
    }
}
