using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Encoders;

public sealed class BertAttentionTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData("bert-tiny-random"), InlineData("distilbert-random"), InlineData("mpnet-st-random"), InlineData("roberta-seqclass-random")]
    [InlineData("xlm-roberta-random"), InlineData("electra-seqclass-random"), InlineData("albert-random")]
    [InlineData("deberta-v3-seqclass-random"), InlineData("modernbert-random")]
    public void Probabilities_equal_the_reference_s(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        BertModel model = BertModel.FromPretrained(folder);
        var reference = new ReferenceModel(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        int compared = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (row.GetProperty("text").ValueKind != JsonValueKind.String
                || row.GetProperty("truncated_to").ValueKind != JsonValueKind.Null
                || !row.GetProperty("outputs").TryGetProperty("attention", out JsonElement expected))
                continue;
            BertAttention attention =
                BertAttention.Compute(model, row.GetProperty("text").GetString(), row.GetProperty("pair").GetString());
            // A token is named as it stands in the text: with the spaces that it takes, and where it is not known.
            Assert.Equal(row.GetProperty("tokens").GetArrayLength(), attention.Tokens.Count);
            Assert.All(row.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).Zip(attention.Tokens), token =>
                Assert.True(token.First is "<unk>" or "[UNK]" || token.First.Trim() == token.Second.Trim(), token.Second));
            int layer = expected.GetProperty("layer").GetInt32();
            int[] queries = [.. expected.GetProperty("rows").EnumerateArray().Select(query => query.GetInt32())];
            foreach ((int head, JsonElement matrix) in expected.GetProperty("probs").EnumerateArray().Index())
            {
                foreach ((int query, JsonElement probabilities) in queries.Zip(matrix.EnumerateArray()))
                    reference.Equal(probabilities, attention.Of(layer, head, query), $"head {head}, query {query}");
            }
            compared++;
        }
        Assert.True(compared >= 3);
    }

    [Fact]
    public void Probabilities_are_those_of_the_pipeline()
    {
        BertModel bert = new TinyCheckpoint { Heads = 2, Layers = 3 }.Load();
        BertAttention attention = BertAttention.Compute(bert, "a good day");
        Assert.Equal(["[CLS]", "a", "good", "day", "[SEP]"], attention.Tokens);
        Assert.Equal((3, 2), (attention.NumberOfLayers, attention.NumberOfHeads));

        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new { Text = "a good day" }]);
        var encoder = ml.Transforms.Text.ApplyBertTokenizer(model: bert)
            .Append(ml.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options { Model = bert, AttentionsLayers = [0, 1, 2] }));
        using var fitted = encoder.Fit(data);
        float[] all = fitted.Transform(data).GetColumn<float[]>("Attentions").Single(); // [layers, heads, tokens, tokens]
        float At(int layer, int head, int query, int key) => all[((layer * 2 + head) * 5 + query) * 5 + key];
        for (int query = 0; query < 5; query++)
        {
            Assert.Equal(1, attention.Of(2, 1, query).ToArray().Sum(), 1e-5f);
            for (int key = 0; key < 5; key++)
            {
                Assert.Equal(At(1, 1, query, key), attention[1, 1, query, key]);
                Assert.Equal((At(2, 0, query, key) + At(2, 1, query, key)) / 2, attention.Mean(2)[query][key], 1e-6f);
                float sum = 0;
                for (int layer = 0; layer < 3; layer++)
                    sum += At(layer, 0, query, key) + At(layer, 1, query, key);
                Assert.Equal(sum / 6, attention.Mean()[query][key], 1e-6f);
            }
        }
    }

    [Fact]
    public void A_pair_is_read_as_one_and_long_texts_are_cut()
    {
        BertModel bert = new TinyCheckpoint { MaxPositions = 16 }.Load();
        Assert.Equal(["[CLS]", "good", "[SEP]", "day", "[SEP]"], BertAttention.Compute(bert, "good", "day").Tokens);
        Assert.Equal(["[CLS]", "[SEP]"], BertAttention.Compute(bert, null).Tokens);
        Assert.Equal(16, BertAttention.Compute(bert, string.Concat(Enumerable.Repeat("good ", 40))).Tokens.Count);
    }

    [Fact]
    public void What_is_not_there_is_named()
    {
        BertAttention attention = BertAttention.Compute(new TinyCheckpoint().Load(), "good");
        Assert.Contains("no layer 2; valid values are 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => attention.Mean(2)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no head -1", Assert.Throws<ArgumentOutOfRangeException>(() => attention.ToSvg(0, -1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no key 3", Assert.Throws<ArgumentOutOfRangeException>(() => attention[0, 0, 0, 3]).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_has_a_cell_for_each_pair_of_tokens_whose_colour_and_tooltip_are_its_number()
    {
        BertAttention attention = BertAttention.Compute(new TinyCheckpoint().Load(), "good day !");
        int length = attention.Tokens.Count;
        IReadOnlyList<float[]> rows = attention.Mean(1, 3);
        float most = rows.Max(row => row.Max());
        XElement[] cells = [.. XElement.Parse(attention.ToSvg(1, 3)).Elements(Svg + "rect")
            .Where(rect => rect.Element(Svg + "title") is not null)];
        Assert.Equal(length * length, cells.Length);
        for (int i = 0; i < cells.Length; i++)
        {
            float share = rows[i / length][i % length];
            Assert.Equal(share / most, double.Parse(cells[i].Attribute("fill-opacity")!.Value, CultureInfo.InvariantCulture), 0.0006);
            Assert.Equal(string.Create(
                CultureInfo.InvariantCulture, $"{attention.Tokens[i / length]} attends to {attention.Tokens[i % length]}: {share:P1}"),
                    cells[i].Value);
        }
    }

    [Fact]
    public void Tokens_that_mean_something_to_a_browser_are_text()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = new TinyCheckpoint().Write(folder["tiny"]);
        string[] vocabulary = [.. TinyCheckpoint.Vocabulary];
        vocabulary[vocabulary.IndexOf("!")] = "<";
        vocabulary[vocabulary.IndexOf("?")] = "&";
        vocabulary[vocabulary.IndexOf("-")] = "\"";
        File.WriteAllLines(Path.Combine(checkpoint, "vocab.txt"), vocabulary);
        BertAttention attention = BertAttention.Compute(BertModel.FromPretrained(checkpoint), "< & \"");
        Assert.Equal(["[CLS]", "<", "&", "\"", "[SEP]"], attention.Tokens);
        Assert.Equal(attention.Tokens, XElement.Parse(attention.ToSvg()).Elements(Svg + "text").Take(5).Select(text => text.Value));
        Assert.Contains("[CLS] &lt; &amp; \" [SEP]", attention.ToHtml(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_every_head_and_needs_no_other_file()
    {
        BertAttention attention = BertAttention.Compute(new TinyCheckpoint { Heads = 2, Layers = 3 }.Load(), "a good day");
        string html = attention.ToHtml();
        const string doctype = "<!DOCTYPE html>\n";
        Assert.StartsWith(doctype, html, StringComparison.Ordinal);
        XElement page = XElement.Parse(html[doctype.Length..]);
        Assert.Equal(
            from layer in Enumerable.Range(0, 3) from head in Enumerable.Range(0, 2) select $"layer {layer}, head {head}",
            page.Descendants("figcaption").Select(caption => caption.Value));
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "src" or "href");
        Assert.Empty(page.Descendants("script"));
    }
}
